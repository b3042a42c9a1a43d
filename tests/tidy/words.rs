//! Words that must not stand in the tree: names without meaning, unfinished work, this machine, a foreign layer.

use crate::assert_none;
use crate::tree::{File, files};

const NAMELESS: &[&str] = &["common", "util", "utils", "helper", "helpers", "misc"];
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const MACHINE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/tmp/he", "i/"),
    concat!("registry.", "npmjs"),
    concat!("pypi", ".org"),
    concat!("files.", "pythonhosted"),
    concat!("index.", "crates.io"),
];
/// Written by a tool that puts its registry in.
const LOCKS: &[&str] = &["Cargo.lock"];
/// The packages of the contract that belong to one use case each.
const USE_CASE_PACKAGES: &[&str] = &[
    "discovery",
    "enrolment",
    "sharing",
    "materials",
    "activity",
    "credentials",
    "identity",
    "trust",
];
/// What the pure rooms may not do: wait, look at the world, or read a clock.
const IMPURE: &[&str] = &[
    "async ",
    ".await",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "tokio",
    "sea_orm",
    "tonic",
    "SystemTime",
    "Instant",
    "static mut",
    "rand::",
];

#[test]
fn module_names_mean_something() {
    assert_none(files().iter().filter_map(nameless).collect());
}

#[test]
fn nothing_is_left_unfinished() {
    assert_none(files().iter().flat_map(unfinished).collect());
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    assert_none(files().iter().flat_map(machine).collect());
}

#[test]
fn use_cases_do_not_speak_of_tonic() {
    let inside = |f: &&File| {
        f.is_product() && (f.path.starts_with("use-cases/") || f.path.starts_with("src/use-case/"))
    };
    assert_none(files().iter().filter(inside).flat_map(|f| lines_with(f, &["tonic::"])).collect());
}

#[test]
fn mechanisms_do_not_speak_of_a_use_case() {
    assert_none(files().iter().flat_map(foreign_package).collect());
}

#[test]
fn the_pure_rooms_do_nothing_but_think() {
    let rooms: Vec<_> =
        files().iter().filter(|f| f.is_product() && is_pure_room(&f.path)).collect();
    assert_none(rooms.iter().flat_map(|f| lines_with(f, IMPURE)).collect());
}

fn nameless(file: &File) -> Option<String> {
    let bad = file.is_rust() && NAMELESS.contains(&file.module());
    bad.then(|| format!("{}: a module name without meaning", file.path))
}

/// Only comments count: a document of the field may say anything.
fn unfinished(file: &File) -> Vec<String> {
    let comment = |line: &str| {
        let start = ["//", "#", "<!--", "--"].iter().filter_map(|mark| line.find(mark)).min();
        start.is_some_and(|at| {
            UNFINISHED
                .iter()
                .any(|word| line[at..].split(|c: char| !c.is_alphanumeric()).any(|w| w == *word))
        })
    };
    if file.path.starts_with("tests/vectors/") {
        return Vec::new();
    }
    numbered(file)
        .filter(|(_, line)| comment(line))
        .map(|(n, line)| format!("{}:{n}: {}", file.path, line.trim()))
        .collect()
}

fn machine(file: &File) -> Vec<String> {
    if LOCKS.contains(&file.path.as_str()) { Vec::new() } else { lines_with(file, MACHINE) }
}

fn foreign_package(file: &File) -> Vec<String> {
    if !file.path.starts_with("src/") || file.path.starts_with("src/node/") || !file.is_rust() {
        return Vec::new();
    }
    let names: Vec<_> = USE_CASE_PACKAGES.iter().map(|name| format!("hei::{name}::")).collect();
    lines_with(file, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn is_pure_room(path: &str) -> bool {
    path.starts_with("use-cases/")
        && path.ends_with(".rs")
        && (path.contains("/src/semantic/") || path.contains("/src/organisational/"))
}

/// The lines of code that hold one of the words; comments may name anything.
fn lines_with(file: &File, words: &[&str]) -> Vec<String> {
    let code = |line: &str| !file.is_rust() || !line.trim_start().starts_with("//");
    let hit = |line: &str| words.iter().find(|word| line.contains(**word)).copied();
    numbered(file)
        .filter(|(_, line)| code(line) || words == MACHINE)
        .filter_map(|(n, line)| {
            hit(line).map(|word| format!("{}:{n}: {word:?} in: {}", file.path, line.trim()))
        })
        .collect()
}

fn numbered(file: &File) -> impl Iterator<Item = (usize, &str)> {
    file.text.lines().enumerate().map(|(n, line)| (n + 1, line))
}

#[test]
fn each_forbidden_word_is_found() {
    let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
    assert!(nameless(&file("src/store/utils.rs", "")).is_some());
    assert!(nameless(&file("src/store/common/mod.rs", "")).is_some());
    assert!(nameless(&file("proto/hei/common/v1/types.proto", "")).is_none());
    for word in UNFINISHED {
        assert_eq!(unfinished(&file("src/x.rs", &format!("let a = 1; // {word}: later"))).len(), 1);
        assert_eq!(unfinished(&file("tests/run", &format!("# {word} later"))).len(), 1);
        assert_none(unfinished(&file("src/x.rs", &format!("let a = \"{word}\";"))));
    }
    for word in MACHINE {
        assert_eq!(machine(&file("README.md", &format!("see {word}main"))).len(), 1);
        assert_eq!(machine(&file("src/x.rs", &format!("// see {word}main"))).len(), 1);
    }
    assert_eq!(
        foreign_package(&file("src/store/x.rs", "use hei_proto::hei::credentials::v1;")).len(),
        1
    );
    assert_none(foreign_package(&file("src/node/x.rs", "use hei_proto::hei::credentials::v1;")));
    assert!(is_pure_room("use-cases/uc6-credentials/src/semantic/elmo.rs"));
    assert!(!is_pure_room("use-cases/uc6-credentials/src/technical/tables/transcripts.rs"));
    assert_eq!(
        lines_with(
            &file("use-cases/uc6/src/semantic/x.rs", "pub async fn check() {\n// async fine\n}"),
            IMPURE
        )
        .len(),
        1
    );
}
