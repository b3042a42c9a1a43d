//! One copy of each core crate, and no build of ring: a second TLS or database stack is a second set of rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::metadata::cargo;

const CORE: &[&str] = &[
    "rustls",
    "tokio-rustls",
    "hyper",
    "h2",
    "http",
    "prost",
    "tonic",
    "tokio",
    "sqlx",
    "sqlx-core",
    "sea-orm",
    "sea-query",
    "axum",
    "aws-lc-rs",
];
const FORBIDDEN: &[&str] = &["ring", "openssl", "openssl-sys", "native-tls"];

#[test]
fn core_crates_are_built_once_and_ring_never() {
    let tree = cargo(&[
        "tree",
        "--workspace",
        "--locked",
        "--target",
        "all",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    assert!(tree.contains("tokio v"), "cargo tree prints what it did not print before:\n{tree}");
    assert_none(breaches(&tree));
}

fn breaches(tree: &str) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name).or_default().insert(version);
        }
    }
    let twice = CORE
        .iter()
        .filter_map(|name| versions.get(name).map(|v| (name, v)))
        .filter(|(_, v)| v.len() > 1);
    let mut breaches: Vec<_> =
        twice.map(|(name, versions)| format!("{name} is built in {versions:?}")).collect();
    breaches.extend(
        FORBIDDEN.iter().filter(|n| versions.contains_key(**n)).map(|n| format!("{n} is built")),
    );
    breaches
}

#[test]
fn a_second_copy_and_ring_are_found() {
    assert_none(breaches("prost v0.14.4\nprost v0.14.4 (*)\nprost-types v0.13.0"));
    assert_eq!(breaches("prost v0.14.4\nprost v0.13.5\nring v0.17.14").len(), 2);
}
