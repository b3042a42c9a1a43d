//! Migrations: equal names are skipped in silence, so each carries the name of its owner.

use crate::assert_none;
use crate::tree::{File, files};

#[test]
fn each_migration_carries_its_owner() {
    let names: Vec<_> = files().iter().filter(|f| f.is_product()).flat_map(names).collect();
    println!("{} migrations", names.len());
    assert_none(breaches(&names));
}

/// The names of migrations that a file gives, with the owner that they must carry.
fn names(file: &File) -> Vec<(String, String)> {
    if !file.path.contains("/migrations") {
        return Vec::new();
    }
    let literals = file.text.split('"').skip(1).step_by(2).filter(|literal| is_name(literal));
    literals.map(|name| (owner(&file.path), name.to_owned())).collect()
}

/// `store_0001_institutions`: words, four digits, words.
fn is_name(literal: &str) -> bool {
    let mut parts = literal.split('_');
    let all = literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    all && parts.any(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `uc6` of `use-cases/uc6-credentials/…`, `store` of `src/store/…`.
fn owner(path: &str) -> String {
    let crate_folder = path.split('/').nth(1).unwrap_or_default();
    let short = if path.starts_with("use-cases/") { crate_folder.split('-').next() } else { None };
    short.unwrap_or(crate_folder).replace('-', "_")
}

fn breaches(names: &[(String, String)]) -> Vec<String> {
    let foreign = names.iter().filter(|(owner, name)| !name.starts_with(&format!("{owner}_")));
    let mut breaches: Vec<_> =
        foreign.map(|(owner, name)| format!("{name} does not begin with {owner}_")).collect();
    let mut sorted: Vec<_> = names.iter().map(|(_, name)| name).collect();
    sorted.sort();
    breaches.extend(
        sorted.windows(2).filter(|w| w[0] == w[1]).map(|w| format!("{} is there twice", w[0])),
    );
    breaches
}

#[test]
fn a_migration_without_owner_or_with_the_name_of_another_is_found() {
    let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
    let of = |path: &str, text: &str| breaches(&names(&file(path, text)));
    assert_none(of("src/store/migrations.rs", "\"store_0001_institutions\""));
    assert_none(of(
        "use-cases/uc6-credentials/src/technical/migrations/mod.rs",
        "\"uc6_0001_transcripts\"",
    ));
    assert_eq!(of("src/store/migrations.rs", "\"0001_institutions\"").len(), 1);
    assert_eq!(of("src/evidence/migrations/a.rs", "\"store_0002_entries\"").len(), 1);
    assert_eq!(of("src/store/migrations.rs", "\"store_0001_a\", \"store_0001_a\"").len(), 1);
}
