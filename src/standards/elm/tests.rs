//! hei-elm: the cases of the field, the published examples, and what comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use crate::*;

mod attacks;
mod cases;
mod contexts;
mod examples;
mod faults;
mod vocabularies;
mod writing;

fn case(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/cases");
    std::fs::read(folder.join(name)).unwrap()
}

/// A file of the published standard, beside the project or by HEI_STANDARDS_DIR.
fn standard(name: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/standards");
    let folder = std::env::var_os("HEI_STANDARDS_DIR").map_or(beside, PathBuf::from);
    let found = std::fs::read(folder.join("elm").join(name)).ok();
    if found.is_none() {
        let required = std::env::var("HEI_REQUIRE_STANDARDS").is_ok_and(|it| it == "1");
        assert!(!required, "{name} is required and not there");
        println!("SKIPPED: {name} is not there");
    }
    found
}

fn taken(bytes: &[u8]) -> Read {
    read(bytes, &Limits::default()).unwrap()
}

fn faults(bytes: &[u8]) -> Vec<(String, &'static str)> {
    match read(bytes, &Limits::default()).unwrap_err() {
        Refused::Faults(faults) => faults.into_iter().map(|it| (it.path, it.code)).collect(),
        Refused::Trouble(trouble) => panic!("{trouble}"),
    }
}

fn trouble(bytes: &[u8]) -> Trouble {
    match read(bytes, &Limits::default()).unwrap_err() {
        Refused::Trouble(trouble) => trouble,
        Refused::Faults(faults) => panic!("{faults:?}"),
    }
}

fn deviations(read: &Read) -> Vec<(&str, &'static str)> {
    read.deviations.iter().map(|it| (it.path.as_str(), it.code)).collect()
}

fn unread(read: &Read) -> Vec<(&str, &'static str)> {
    read.unread.iter().map(|it| (it.path.as_str(), it.code)).collect()
}

fn achievement(document: &Credential) -> &Achievement {
    match document.subject.as_ref().unwrap().claims.as_slice() {
        [Claim::Achievement(achievement)] => achievement,
        other => panic!("{other:?}"),
    }
}

/// The reference case with one text replaced by another.
fn reference_with(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(case("D03-reference.jsonld")).unwrap();
    let compact: String = text.lines().map(str::trim_start).collect();
    assert!(compact.contains(from), "{from}");
    compact.replace(from, to).into_bytes()
}
