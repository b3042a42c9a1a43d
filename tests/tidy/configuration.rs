//! The shipped default file: every key in it is explained, by a comment above it or above the block that it
//! stands in. (That the program knows these keys and no others is a test beside the configuration.)

use std::collections::BTreeSet;

use crate::assert_none;
use crate::tree::files;

const DEFAULT: &str = "src/node/default.toml";

#[test]
fn every_key_of_the_default_configuration_is_explained() {
    match files().iter().find(|f| f.path == DEFAULT) {
        Some(file) => assert_none(unexplained(&file.text)),
        None => panic!("{DEFAULT} does not exist"),
    }
}

/// The keys that nothing explains. A comment holds up to the next empty line; a key of a repeated table
/// needs it once.
fn unexplained(text: &str) -> Vec<String> {
    let (mut table, mut explained) = ("", false);
    let mut known = BTreeSet::new();
    let mut breaches = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else if line.starts_with('[') {
            table = line;
        } else if let Some((key, _)) = line.split_once('=') {
            let name = format!("{table} {}", key.trim());
            if explained {
                known.insert(name);
            } else if !known.contains(&name) {
                breaches.push(name);
            }
        }
    }
    breaches
}

#[test]
fn a_key_without_a_word_is_found() {
    assert_none(unexplained("[campus]\n# The address.\nlisten = 1\n# More.\nmore = 2\n"));
    assert_none(unexplained("# Purposes.\n[[purpose]]\ncode = 1\n\n[[purpose]]\ncode = 2\n"));
    assert_eq!(unexplained("[campus]\nlisten = 1\n"), ["[campus] listen"]);
    assert_eq!(unexplained("# One.\na = 1\n\nb = 2\n"), [" b"]);
    assert_eq!(unexplained("# Purposes.\n[[purpose]]\ncode = 1\n\n[[other]]\ncode = 2\n").len(), 1);
}
