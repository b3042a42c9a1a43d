//! Each crate by itself: its size, its lints, and that it says what it is.

use crate::assert_none;
use crate::metadata::{Member, members};
use crate::tree::{File, files};

/// Below this a crate is a module of its neighbour.
const CRATE_LINES_MIN: usize = 300;
/// Above this a mechanism has a second job in it.
const MECHANISM_LINES_MAX: usize = 6000;
const LINTS: &[&str] = &[
    "unsafe_code = \"forbid\"",
    "unwrap_used = \"deny\"",
    "expect_used = \"deny\"",
    "panic = \"deny\"",
    "indexing_slicing = \"deny\"",
    "disallowed_methods = \"deny\"",
];
const DISALLOWED: &[&str] =
    &["std::time::SystemTime::now", "std::time::Instant::now", "tokio::spawn"];

#[test]
fn crates_are_neither_too_small_nor_too_large() {
    let sizes: Vec<_> = members().into_iter().map(|m| (lines(&m, files()), m)).collect();
    for (lines, member) in &sizes {
        println!("{lines:>6} lines in {}", member.name);
    }
    assert_none(
        sizes.iter().filter_map(|(lines, member)| size_breach(*lines, &member.folder)).collect(),
    );
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let manifest = |path: &str| {
        files().iter().find(|f| f.path == path).map(|f| f.text.as_str()).unwrap_or_default()
    };
    let mut breaches = lint_breaches(manifest("Cargo.toml"), manifest("clippy.toml"));
    for member in members() {
        let path = format!("{}/Cargo.toml", member.folder);
        if !takes_lints(manifest(path.trim_start_matches('/'))) {
            breaches.push(format!("{}: [lints] workspace = true is missing", member.name));
        }
    }
    assert_none(breaches);
}

#[test]
fn every_module_says_in_its_first_line_what_it_is() {
    assert_none(files().iter().filter(|f| f.is_product()).filter_map(silent).collect());
}

/// A crate of tests has nothing but tests to be measured by.
fn is_test_crate(file: &File) -> bool {
    file.is_rust() && file.path.starts_with("tests/")
}

/// Rust and proto lines without tests; each file belongs to the innermost member that
/// holds it.
fn lines(member: &Member, files: &[File]) -> usize {
    let folder = if member.folder.is_empty() { "src/node" } else { member.folder.as_str() };
    let own = |file: &&File| {
        file.path.starts_with(&format!("{folder}/"))
            && (file.is_product() || file.path.ends_with(".proto") || is_test_crate(file))
    };
    files.iter().filter(own).map(|file| file.text.lines().count()).sum()
}

fn size_breach(lines: usize, folder: &str) -> Option<String> {
    let mechanism = folder.starts_with("src/");
    let counted = mechanism || folder.is_empty() || folder.starts_with("use-cases/");
    if counted && lines < CRATE_LINES_MIN {
        return Some(format!(
            "{folder}: {lines} lines make a module of its neighbour, not a crate"
        ));
    }
    (mechanism && lines > MECHANISM_LINES_MAX)
        .then(|| format!("{folder}: {lines} lines, there is a second job in it"))
}

fn lint_breaches(manifest: &str, clippy: &str) -> Vec<String> {
    let missing = |text: &str, wanted: &[&str]| {
        wanted
            .iter()
            .filter(|w| !text.contains(**w))
            .map(|w| format!("missing: {w}"))
            .collect::<Vec<_>>()
    };
    [missing(manifest, LINTS), missing(clippy, DISALLOWED)].concat()
}

fn takes_lints(manifest: &str) -> bool {
    manifest
        .split("[lints]")
        .nth(1)
        .is_some_and(|rest| rest.trim_start().starts_with("workspace = true"))
}

fn silent(file: &File) -> Option<String> {
    let says =
        file.text.lines().next().is_some_and(|first| first.starts_with("//! ") && first.len() > 10);
    (!says).then(|| format!("{}: the first line does not say what this is", file.path))
}

#[test]
fn a_dwarf_a_giant_and_a_missing_lint_are_found() {
    assert!(size_breach(299, "src/x").is_some());
    assert!(size_breach(6001, "src/x").is_some());
    assert!(size_breach(299, "use-cases/uc1").is_some());
    assert!(size_breach(6001, "use-cases/uc1").is_none());
    assert!(size_breach(10, "tests/purity").is_none());
    let all = LINTS.join("\n");
    assert_eq!(
        lint_breaches(&all.replace("panic = \"deny\"", "panic = \"warn\""), &DISALLOWED.join(" "))
            .len(),
        1
    );
    assert_eq!(lint_breaches(&all, "tokio::spawn").len(), 2);
    assert!(
        takes_lints("[lints]\nworkspace = true\n") && !takes_lints("[lints]\n") && !takes_lints("")
    );
    let file = |text: &str| File { path: "src/x.rs".into(), text: text.into() };
    assert!(
        silent(&file("use std::fmt;\n")).is_some()
            && silent(&file("//! Semantic: dates.\n")).is_none()
    );
}
