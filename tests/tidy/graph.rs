//! The crate graph: who may know whom (architecture: crate graph).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::assert_none;
use crate::metadata::{Dependency, Member, list, members, metadata, text};

/// Each group of crates and what stands directly below it; below that everything is allowed too.
const BELOW: &[(&str, &[&str])] = &[
    ("proto", &[]),
    ("values", &["proto"]),
    ("standards", &["values", "standards"]),
    ("client", &["values"]),
    ("store", &["values"]),
    ("evidence", &["store"]),
    ("messaging", &["evidence", "client"]),
    ("use-case", &["messaging"]),
    ("server", &["use-case"]),
    ("web", &["use-case"]),
    ("use-cases", &["use-case", "web", "standards"]),
    ("node", &["use-cases", "server", "conformance"]),
    ("conformance", &["proto"]),
];

/// Packages that a group must not name in its manifest.
const UNNAMED: &[(&str, &[&str])] = &[
    ("use-cases", &["tonic"]),
    ("use-case", &["tonic"]),
    ("standards", &["tonic", "tokio", "sea-orm", "sqlx", "hyper"]),
    ("values", &["tonic", "tokio", "sea-orm", "sqlx", "hyper"]),
];

/// Packages that must not be reachable from a group at all.
const UNREACHABLE: &[(&str, &[&str])] =
    &[("standards", &["tonic", "tokio", "sea-orm"]), ("values", &["tonic", "tokio", "sea-orm"])];

const PROTO_KNOWS: &[&str] = &["prost", "prost-types", "prost-reflect"];

#[test]
fn crates_know_only_what_stands_below_them() {
    assert_none(upward(&members()));
}

#[test]
fn use_cases_do_not_name_tonic_and_codecs_name_no_runtime() {
    assert_none(named(&members()));
    assert_none(reachable(&members(), &edges()));
}

#[test]
fn the_contract_knows_only_prost() {
    assert_none(contract_knows(&members()));
}

/// Which group a folder belongs to; tests belong to none.
fn group(folder: &str) -> &str {
    match folder.split('/').collect::<Vec<_>>()[..] {
        [""] => "node",
        ["proto"] => "proto",
        ["src", "standards", _] => "standards",
        ["src", name] => name,
        ["use-cases", _] => "use-cases",
        ["tests", "conformance"] => "conformance",
        _ => "tests",
    }
}

fn allowed(group: &str) -> BTreeSet<&'static str> {
    let mut found: BTreeSet<&'static str> = BTreeSet::new();
    let mut open = vec![group];
    while let Some(next) = open.pop() {
        let below = BELOW.iter().find(|(name, _)| *name == next).map(|(_, below)| *below);
        for name in below.unwrap_or_default().iter().copied() {
            if found.insert(name) {
                open.push(name);
            }
        }
    }
    found
}

fn upward(members: &[Member]) -> Vec<String> {
    let groups: BTreeMap<_, _> =
        members.iter().map(|m| (m.name.as_str(), group(&m.folder))).collect();
    let mut breaches = Vec::new();
    for member in members.iter().filter(|m| group(&m.folder) != "tests") {
        let own = group(&member.folder);
        if BELOW.iter().all(|(name, _)| *name != own) {
            breaches.push(format!("{}: src/{own} has no place in the crate graph", member.name));
        }
        let allowed = allowed(own);
        // What a member's tests use may stand beside or above it.
        for dependency in member.dependencies.iter().filter(|d| !d.dev) {
            if groups.get(dependency.name.as_str()).is_some_and(|group| !allowed.contains(group)) {
                breaches.push(format!("{} must not know {}", member.name, dependency.name));
            }
        }
    }
    breaches
}

fn named(members: &[Member]) -> Vec<String> {
    let mut breaches = Vec::new();
    for member in members {
        let own = group(&member.folder);
        let forbidden =
            UNNAMED.iter().filter(|(name, _)| *name == own).flat_map(|(_, names)| *names);
        for name in forbidden {
            let is = |d: &&Dependency| {
                !d.dev && (d.name == *name || d.name.starts_with(&format!("{name}-")))
            };
            breaches.extend(
                member
                    .dependencies
                    .iter()
                    .filter(is)
                    .map(|d| format!("{} names {}", member.name, d.name)),
            );
        }
    }
    breaches
}

/// Package name → names of the packages that its code is linked with.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<_, _> =
        list(metadata(), "packages").iter().map(|p| (text(&p["id"]), text(&p["name"]))).collect();
    let linked = |dependency: &&Value| {
        list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null())
    };
    let nodes = list(&metadata()["resolve"], "nodes").iter();
    nodes
        .map(|node| {
            let below =
                list(node, "deps").iter().filter(linked).map(|d| names[&text(&d["pkg"])].clone());
            (names[&text(&node["id"])].clone(), below.collect())
        })
        .collect()
}

fn reachable(members: &[Member], edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut breaches = Vec::new();
    for member in members {
        let own = group(&member.folder);
        let forbidden =
            UNREACHABLE.iter().filter(|(name, _)| *name == own).flat_map(|(_, names)| *names);
        let below = closure(&member.name, edges);
        breaches.extend(
            forbidden
                .filter(|name| below.contains(**name))
                .map(|name| format!("{} is linked with {name}", member.name)),
        );
    }
    breaches
}

fn closure(from: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        open.extend(
            edges
                .get(&next)
                .into_iter()
                .flatten()
                .filter(|name| found.insert((*name).clone()))
                .cloned(),
        );
    }
    found
}

fn contract_knows(members: &[Member]) -> Vec<String> {
    let contract = members.iter().find(|m| m.folder == "proto");
    let names = |m: &Member| m.dependencies.iter().map(|d| d.name.clone()).collect::<Vec<_>>();
    let build: &[&str] = &["prost-build", "protox"];
    let foreign = contract.map(names).unwrap_or_default().into_iter();
    foreign
        .filter(|name| !PROTO_KNOWS.contains(&name.as_str()) && !build.contains(&name.as_str()))
        .map(|name| format!("hei-proto names {name}"))
        .collect()
}

fn made(name: &str, folder: &str, dependencies: &[&str]) -> Member {
    let dependencies =
        dependencies.iter().map(|d| Dependency { name: (*d).to_owned(), dev: false }).collect();
    Member { name: name.to_owned(), folder: folder.to_owned(), dependencies }
}

#[test]
fn an_edge_upward_or_sideways_is_found() {
    let tree = |from: &str, folder: &str, to: &[&str]| {
        let mut members = vec![
            made("hei-values", "src/values", &[]),
            made("hei-store", "src/store", &["hei-values"]),
            made("hei-server", "src/server", &[]),
            made("hei-uc6", "use-cases/uc6", &[]),
            made("hei-testkit", "tests/testkit", &["hei-server"]),
        ];
        members.push(made(from, folder, to));
        upward(&members)
    };
    assert_none(tree("hei-evidence", "src/evidence", &["hei-store", "hei-values"]));
    assert_eq!(tree("hei-evidence", "src/evidence", &["hei-server"]).len(), 1);
    assert_eq!(tree("hei-uc1", "use-cases/uc1", &["hei-uc6"]).len(), 1);
    assert_eq!(tree("hei-uc1", "use-cases/uc1", &["hei-server"]).len(), 1);
    assert_eq!(tree("hei-client", "src/client", &["hei-testkit"]).len(), 1);
    assert_eq!(tree("hei-kernel", "src/kernel", &[]).len(), 1);
    assert_eq!(tree("hei-conformance", "tests/conformance", &["hei-values"]).len(), 1);
}

#[test]
fn a_forbidden_name_or_reach_is_found() {
    assert_eq!(named(&[made("hei-uc6", "use-cases/uc6", &["tonic-types"])]).len(), 1);
    assert_eq!(named(&[made("hei-elmo", "src/standards/elmo", &["tokio", "sea-orm"])]).len(), 2);
    let edges = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(from, to)| ((*from).to_owned(), BTreeSet::from([(*to).to_owned()])))
            .collect()
    };
    let codec = [made("hei-elmo", "src/standards/elmo", &["reqwest"])];
    assert_eq!(
        reachable(&codec, &edges(&[("hei-elmo", "reqwest"), ("reqwest", "tokio")])).len(),
        1
    );
    assert_none(reachable(&codec, &edges(&[("hei-elmo", "reqwest")])));
    assert_eq!(contract_knows(&[made("hei-proto", "proto", &["prost", "tonic"])]).len(), 1);
}
