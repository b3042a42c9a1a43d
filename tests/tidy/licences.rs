//! The licences of everything that the node is built from, as their SPDX expressions say.

use crate::assert_none;
use crate::metadata::{list, metadata, text};

/// Licences under which a crate may be linked.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_has_a_licence_that_is_accepted() {
    let packages = list(metadata(), "packages").iter();
    let seen: Vec<_> = packages.map(|p| (text(&p["name"]), text(&p["license"]))).collect();
    println!("{} packages, {} licence expressions", seen.len(), distinct(&seen));
    assert_none(breaches(&seen));
}

fn distinct(packages: &[(String, String)]) -> usize {
    packages.iter().map(|(_, licence)| licence).collect::<std::collections::BTreeSet<_>>().len()
}

fn breaches(packages: &[(String, String)]) -> Vec<String> {
    let refused = packages.iter().filter(|(_, licence)| !accepted(licence));
    refused.map(|(name, licence)| format!("{name}: licence {licence:?}")).collect()
}

/// Whether an SPDX expression leaves a choice that we accept. `/` is how old manifests write OR.
fn accepted(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words) -> bool {
    let mut good = all(words);
    while words.next_if_eq(&"OR").is_some() {
        good |= all(words);
    }
    good
}

fn all(words: &mut Words) -> bool {
    let mut good = one(words);
    while words.next_if_eq(&"AND").is_some() {
        good &= one(words);
    }
    good
}

fn one(words: &mut Words) -> bool {
    match words.next() {
        Some("(") => {
            let good = any(words);
            good && words.next() == Some(")")
        }
        Some(name) if words.next_if_eq(&"WITH").is_some() => {
            let whole = format!("{name} WITH {}", words.next().unwrap_or_default());
            ACCEPTED.contains(&whole.as_str())
        }
        Some(name) => ACCEPTED.contains(&name),
        None => false,
    }
}

#[test]
fn a_licence_that_binds_the_whole_is_refused() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0 OR MIT",
        "(MIT OR GPL-3.0-only) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(accepted(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0",
        "(GPL-2.0 OR AGPL-3.0) AND MIT",
        "MIT WITH Something",
        "MIT MIT",
    ] {
        assert!(!accepted(bad), "{bad}");
    }
}
