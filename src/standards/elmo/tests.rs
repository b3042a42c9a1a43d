//! hei-elmo: the cases of the field, the published examples, and what comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use crate::*;

mod cases;
mod examples;
mod faults;
mod kinds;
mod values;
mod writing;

fn caps() -> Limits {
    Limits::default()
}

fn case(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/cases");
    std::fs::read(folder.join(name)).unwrap()
}

fn taken(bytes: &[u8]) -> Read {
    read(bytes, &caps()).unwrap()
}

fn faults(bytes: &[u8]) -> Vec<(String, &'static str)> {
    match read(bytes, &caps()).unwrap_err() {
        Refused::Faults(faults) => faults.into_iter().map(|it| (it.path, it.code)).collect(),
        Refused::Trouble(trouble) => panic!("{trouble}"),
    }
}

fn codes(read: &Read) -> Vec<(&str, &'static str)> {
    read.deviations.iter().map(|it| (it.path.as_str(), it.code)).collect()
}

const LOI: &str = "specifies[1]/learningOpportunityInstance[1]";

/// The path of something in the n-th course of the first report.
fn course(number: usize, rest: &str) -> String {
    format!("/elmo/report[1]/learningOpportunitySpecification[{number}]/{rest}")
}

/// A document of version 2 around a course's inside.
fn with_course(course: &str) -> Vec<u8> {
    around(&format!(
        "<learningOpportunitySpecification>{course}</learningOpportunitySpecification>"
    ))
}

/// A document of version 2 whose one instance has this inside.
fn with_instance(instance: &str) -> Vec<u8> {
    with_course(&format!(
        "<identifier type='local'>C</identifier><title xml:lang='en'>T</title><specifies><learningOpportunityInstance>{instance}</learningOpportunityInstance></specifies>"
    ))
}

fn around(specifications: &str) -> Vec<u8> {
    document(
        "<issuer><country type='ISO'>FI</country><identifier type='schac'>alpha.example</identifier><title xml:lang='en'>A</title><url>https://alpha.example/</url></issuer>",
        specifications,
    )
}

fn document(issuer: &str, specifications: &str) -> Vec<u8> {
    format!(
        "<elmo xmlns='{NAMESPACE_V2}'><generatedDate>2026-02-03T10:15:30Z</generatedDate><learner><identifier type='local'>L</identifier>\
         <givenNames>G</givenNames><familyName>F</familyName><alternativeName>G F</alternativeName></learner>\
         <report>{issuer}{specifications}<issueDate>2026-02-03T10:15:30Z</issueDate></report></elmo>"
    )
    .into_bytes()
}
