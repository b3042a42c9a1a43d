//! The requirements: all there, once each, and each shown by a scenario or test that exists or with a reason
//! why it is not; and the scenarios: each for a requirement that there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::features::{Scenario, scenarios};
use crate::rows::{COLUMNS, Row, records};
use crate::tree::{File, files};

/// Folder of `use-cases`, first part of its ids, and how many there are.
const ALL: &[(&str, &str, usize)] = &[
    ("x-every-node", "X", 30),
    ("uc1-discovery", "UC1", 21),
    ("uc2-enrolment", "UC2", 29),
    ("uc3-sharing", "UC3", 15),
    ("uc4-materials", "UC4", 14),
    ("uc5-activity", "UC5", 16),
    ("uc6-credentials", "UC6", 20),
    ("uc7-identity", "UC7", 18),
    ("uc8-trust", "UC8", 15),
];
const LAYERS: &[&str] = &["legal", "organisational", "semantic", "technical"];
const LEVELS: &[&str] = &["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
const KINDS: &[&str] = &["call", "flow", "negative", "persistence", "clock", "static"];

#[test]
fn every_requirement_is_shown_by_a_test_or_says_why_not_and_every_scenario_names_one() {
    assert_none(breaches(files()));
    let rows = rows(files());
    let shown = rows.iter().filter(|row| !row.test.is_empty()).count();
    println!("{} requirements, {shown} of them shown by a test", rows.len());
}

fn is_csv(file: &File) -> bool {
    file.path.starts_with("use-cases/") && file.path.ends_with("/requirements.csv")
}

fn is_feature(file: &File) -> bool {
    file.path.starts_with("use-cases/") && file.path.ends_with(".feature")
}

fn rows(files: &[File]) -> Vec<Row> {
    files.iter().filter(|f| is_csv(f)).flat_map(Row::all_of).collect()
}

fn breaches(files: &[File]) -> Vec<String> {
    let (rows, features) = (rows(files), files.iter().filter(|f| is_feature(f)));
    let scenarios: Vec<_> = features.flat_map(scenarios).collect();
    let mut found: Vec<_> = files.iter().filter(|f| is_csv(f)).filter_map(misshapen).collect();
    found.extend(uncounted(&rows));
    found.extend(rows.iter().flat_map(badly_said));
    found.extend(rows.iter().flat_map(|row| unshown(row, &scenarios, files)));
    found.extend(scenarios.iter().flat_map(|scenario| unasked(scenario, &rows)));
    found
}

fn misshapen(file: &File) -> Option<String> {
    let records = records(&file.text);
    let header = records.first().is_some_and(|first| first.iter().eq(COLUMNS));
    let width = records.iter().position(|record| record.len() != COLUMNS.len());
    match (header, width) {
        (true, None) => None,
        (false, _) => Some(format!("{}: the columns are not {}", file.path, COLUMNS.join(","))),
        (_, Some(n)) => Some(format!("{}: record {} has not 9 fields", file.path, n + 1)),
    }
}

/// Ids that are missing, there twice, or nowhere in the framework.
fn uncounted(rows: &[Row]) -> Vec<String> {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows {
        *seen.entry((row.folder.clone(), row.id.clone())).or_default() += 1;
    }
    let wanted: BTreeSet<_> = ALL
        .iter()
        .flat_map(|(folder, prefix, count)| {
            (1..=*count).map(move |n| ((*folder).to_owned(), format!("{prefix}-{n:02}")))
        })
        .collect();
    let missing = wanted.iter().filter(|id| !seen.contains_key(*id));
    let unknown = seen.keys().filter(|id| !wanted.contains(*id));
    let double = seen.iter().filter(|(_, count)| **count > 1).map(|(id, _)| id);
    let told = |what: &str, (folder, id): &(String, String)| format!("{folder}: {id} {what}");
    missing
        .map(|id| told("is missing", id))
        .chain(unknown.map(|id| told("is no requirement of it", id)))
        .chain(double.map(|id| told("stands there twice", id)))
        .collect()
}

fn badly_said(row: &Row) -> Vec<String> {
    let words = |cell: &str, known: &[&str]| {
        !cell.is_empty() && cell.split(' ').all(|word| known.contains(&word))
    };
    let wrong = [
        ("layer", !LAYERS.contains(&row.layer.as_str())),
        ("level", !LEVELS.contains(&row.level.as_str())),
        ("kind", !words(&row.kind, KINDS)),
        ("text", row.text.is_empty()),
        ("basis", row.basis.is_empty()),
        ("roles", row.roles.is_empty()),
    ];
    wrong
        .iter()
        .filter(|(_, wrong)| *wrong)
        .map(|(column, _)| format!("{}: column {column}", row.id))
        .collect()
}

/// What a row says of its test, and is not so.
fn unshown(row: &Row, scenarios: &[Scenario], files: &[File]) -> Vec<String> {
    let id = &row.id;
    match (row.test.is_empty(), row.reason.is_empty()) {
        (true, true) => return vec![format!("{id}: neither test nor reason")],
        (false, false) => return vec![format!("{id}: a test, and a reason why there is none")],
        _ => {}
    }
    let there = |test: &&str| match test.split_once("::") {
        None => scenarios.iter().any(|s| s.path == **test && s.ids.contains(id)),
        Some((path, name)) => files.iter().any(|f| f.path == path && defines(f, name)),
    };
    let tests = row.test.split(' ').filter(|test| !test.is_empty());
    tests.filter(|test| !there(test)).map(|test| format!("{id}: there is no {test}")).collect()
}

fn defines(file: &File, name: &str) -> bool {
    let forms = [format!("fn {name}("), format!("def {name}("), format!("\n{name}() {{")];
    forms.iter().any(|form| file.text.contains(form))
}

/// What a scenario says of its requirements, and they do not know.
fn unasked(scenario: &Scenario, rows: &[Row]) -> Vec<String> {
    let place = format!("{}: {:?}", scenario.path, scenario.name);
    if scenario.ids.is_empty() {
        return vec![format!("{place} names no requirement")];
    }
    let known = |id: &String| match rows.iter().find(|row| row.id == *id) {
        None => Some(format!("{place} names {id}, which is unknown")),
        Some(row) if row.test.split(' ').any(|test| test == scenario.path) => None,
        Some(_) => Some(format!("{place} is for {id}, whose row does not say so")),
    };
    scenario.ids.iter().filter_map(known).collect()
}

/// A tree in which no requirement is built, with one text replaced in the requirements of use case 1.
fn mutant(from: &str, to: &str) -> Vec<File> {
    let row =
        |prefix: &str, n| format!("{prefix}-{n:02},legal,MUST,Text,own,every,call,,not built");
    let table = |prefix: &str, count: usize| {
        let rows: Vec<_> = (1..=count).map(|n| row(prefix, n)).collect();
        format!("{}\n{}\n", COLUMNS.join(","), rows.join("\n"))
    };
    let mut files = vec![File { path: "tests/run".into(), text: "#!\nmain() {\n}\n".into() }];
    for (folder, prefix, count) in ALL {
        let path = format!("use-cases/{folder}/requirements.csv");
        files.push(File { path, text: table(prefix, *count) });
    }
    let one = files.iter_mut().find(|f| f.path.contains("/uc1-")).unwrap();
    assert!(one.text.contains(from), "no {from:?}");
    one.text = one.text.replacen(from, to, 1);
    files
}

#[test]
fn a_requirement_without_test_or_reason_or_that_is_miscounted_is_found() {
    let told = |from: &str, to: &str| breaches(&mutant(from, to)).join("\n");
    assert_eq!(told("id,", "id,"), "");
    assert_eq!(told("call,,not built", "call,,"), "UC1-01: neither test nor reason");
    assert!(told("UC1-21,", "UC1-22,").contains("UC1-21 is missing"));
    assert!(told("UC1-21,", "UC1-22,").contains("UC1-22 is no requirement"));
    assert!(told("UC1-02,", "UC1-01,").contains("UC1-01 stands there twice"));
    assert_eq!(told("call,,not built", "call,tests/run::main,"), "");
    assert!(told("call,,not built", "call,tests/run::mai,").contains("no tests/run::mai"));
    assert!(told("call,,not built", "call,tests/run::main,later").contains("and a reason"));
    assert!(told("legal,MUST", "legal,OUGHT").contains("column level"));
    assert!(told("id,layer", "layer,id").contains("the columns are not"));
    assert!(told("Text,own", "Te,xt,own").contains("record 2 has not 9 fields"));
}

#[test]
fn a_scenario_for_no_requirement_or_an_unknown_one_is_found() {
    let path = "use-cases/uc1-discovery/scenarios/a.feature";
    let row = format!("call,{path},");
    let told = |tags: &str, row: &str| {
        let text = format!("Feature: A\n{tags}\n  Scenario: B\n    Given a\n");
        let mut files = mutant("call,,not built", row);
        files.push(File { path: path.to_owned(), text });
        breaches(&files).join("\n")
    };
    assert_eq!(told("  @UC1-01", &row), "");
    assert!(told("  @UC1-99", &row).contains("names UC1-99, which is unknown"));
    assert!(told("  @UC1-99", &row).contains(&format!("UC1-01: there is no {path}")));
    assert!(told("", &row).contains("names no requirement"));
    assert!(told("  @UC1-01 @UC1-02", &row).contains("for UC1-02, whose row does not say so"));
    assert!(told("  @UC1-01", "call,,not built").contains("for UC1-01, whose row does not say so"));
}
