//! Semantic: the cases of the field as records, and the way there and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use hei_elm::{Limits, Read};
use hei_proto::hei::credentials::v1::{SourceSignature, Transcript};
use hei_values::Mapped;

use super::*;
use crate::semantic::{elmo, transcript};

fn case(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/cases");
    std::fs::read(folder.join(name)).unwrap()
}

fn read(name: &str) -> Read {
    hei_elm::read(&case(name), &Limits::default()).unwrap()
}

fn records(name: &str) -> Vec<Transcript> {
    from_elm(&read(name)).value
}

fn of_elmo(name: &str) -> Transcript {
    let document = hei_elmo::read(&case(name), &hei_elmo::Limits::default()).unwrap().document;
    elmo::from_elmo(&document).value.remove(0)
}

fn issuing() -> Issuing {
    Issuing {
        credential_id: "urn:credential:00000000-0000-4000-8000-000000000002".to_owned(),
        domain: "alpha.example".to_owned(),
        country: Some(CodedValue { scheme: ISO_COUNTRY.to_owned(), code: "FI".to_owned() }),
        ..Issuing::default()
    }
}

/// To bytes of a credential and back, with all that either way names as lost.
fn there_and_back(record: Transcript) -> (Transcript, Vec<Loss>) {
    let Mapped { value, mut lost } = to_elm(&transcript::check(record).unwrap(), &issuing());
    let read = hei_elm::read(&hei_elm::write(&value), &Limits::default()).unwrap();
    let mut back = from_elm(&read);
    lost.append(&mut back.lost);
    assert_eq!(back.value.len(), 1);
    (back.value.remove(0), lost)
}

fn told<'a>(lost: &'a [Loss], but: &[&str]) -> Vec<(&'a str, &'a str)> {
    let all = lost.iter().map(|it| (it.path.as_str(), it.code.as_str()));
    all.filter(|(_, code)| !but.contains(code)).collect()
}

/// What every credential of this node has and a transcript has not.
const ENVELOPE: &[(&str, &str)] = &[
    ("$.id", "NOT_TAKEN_OVER"),
    ("$.credentialProfiles", "NOT_TAKEN_OVER"),
    ("$.credentialSchema", "NOT_TAKEN_OVER"),
    ("$.issuer", "NOT_TAKEN_OVER"),
];

fn told_beside_envelope(lost: &[Loss]) -> Vec<(&str, &str)> {
    told(lost, &[]).into_iter().filter(|it| !ENVELOPE.contains(it)).collect()
}

#[test]
fn a_record_of_elmo_comes_back_equal_through_elm_but_for_what_is_told() {
    for name in [
        "E01-prefixed.xml",
        "E02-dates.xml",
        "E03-grades.xml",
        "E04-credits-valid.xml",
        "E05-double-credits.xml",
    ] {
        let mut source = of_elmo(name);
        let (back, lost) = there_and_back(source.clone());
        let told = told_beside_envelope(&lost);
        for (path, code) in &told {
            println!("{name} {code} {path}");
        }
        source.generated_date = None;
        let codes: Vec<&str> = told.iter().map(|(_, code)| *code).collect();
        let expected = ["GENERATED_DATE", "FILLED", "CREDITS_EMPTY"];
        assert!(codes.iter().all(|it| expected.contains(it)), "{name}: {told:?}");
        for it in &mut source.achievements {
            it.credits.retain(|it| !it.value.is_empty());
        }
        assert_eq!(back, source, "{name}");
    }
}

#[test]
fn the_reference_case_is_a_record_and_its_dates_are_days() {
    let Mapped { value, lost } = from_elm(&read("D03-reference.jsonld"));
    let [record] = value.as_slice() else { panic!("{value:?}") };
    let learner = record.learner.as_ref().unwrap();
    assert_eq!((learner.given_names.as_str(), learner.family_name.as_str()), ("Given", "Example"));
    let issuer = record.issuer.as_ref().unwrap();
    let id = &issuer.identifiers[0];
    assert_eq!((id.scheme.as_str(), id.value.as_str()), ("eidas:FIN", "VATXX-0000000"));
    assert_eq!(issuer.titles[0].text, "Alpha Example University");
    let course = &record.achievements[0];
    assert_eq!(course.grade.as_ref().unwrap().label, "B");
    let credit = &course.credits[0];
    assert_eq!((credit.scheme.as_str(), credit.value.as_str()), ("ects", "7.5"));
    let day = course.date.as_ref().unwrap();
    assert_eq!((day.date.unwrap().day, day.time.as_str(), day.offset.as_str()), (17, "", "Z"));
    assert_eq!(record.source_signature(), SourceSignature::None);
    assert_eq!(
        told(&lost, &["NOT_TAKEN_OVER"]),
        [
            ("$.credentialSubject.givenName.en", "LANGUAGE"),
            ("$.credentialSubject.familyName.en", "LANGUAGE"),
            ("$.credentialSubject.hasClaim[0].provenBy[0].grade.noteLiteral.en", "LANGUAGE"),
        ]
        .into_iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn each_awarding_body_has_a_transcript_and_the_sealer_has_none() {
    let records = records("D07-mandated-joint.jsonld");
    let names: Vec<&str> =
        records.iter().map(|it| it.issuer.as_ref().unwrap().titles[0].text.as_str()).collect();
    assert_eq!(names, ["Alpha Example University", "Beta Example College"]);
    for record in records {
        assert_eq!(record.achievements.len(), 1);
        let document = elmo::to_elmo(&transcript::check(record).unwrap()).value;
        assert_eq!(document.reports.len(), 1);
    }
}

#[test]
fn a_sealed_credential_says_that_its_seal_was_not_checked() {
    let records = records("D06-sealed.jsonld");
    assert_eq!(records[0].source_signature(), SourceSignature::NotChecked);
}

#[test]
fn every_published_example_with_an_achievement_is_a_whole_record() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/standards");
    let folder = std::env::var_os("HEI_STANDARDS_DIR").map_or(beside, PathBuf::from);
    for (name, count) in [
        ("edc-official/Sample-MC-Annex1-signed.jsonld", 1),
        ("edc-official/Sample-MC-Annex1-unsigned.jsonld", 1),
        ("edc-official/elm31-credential-sample.jsonld", 1),
        ("edc-official/elm32-credential-sample.jsonld", 1),
        ("edc-mynextid/edc-mc-signed.jsonld", 1),
        ("edc-official/Sample-CertOfPart-signed.jsonld", 0),
        ("edc-mynextid/edc-coa-signed.jsonld", 0),
    ] {
        let Ok(bytes) = std::fs::read(folder.join("elm/examples").join(name)) else {
            let required = std::env::var("HEI_REQUIRE_STANDARDS").is_ok_and(|it| it == "1");
            assert!(!required, "{name} is required and not there");
            println!("SKIPPED: {name} is not there");
            return;
        };
        let read = hei_elm::read(&bytes, &Limits::default()).unwrap();
        let Mapped { mut value, lost } = from_elm(&read);
        assert_eq!(value.len(), 1, "{name}");
        for it in &lost {
            println!("{name} {} {}", it.code, it.path);
        }
        let record = transcript::check(value.remove(0));
        let record = record.unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(record.achievements.len(), count, "{name}");
    }
}
