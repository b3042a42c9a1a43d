//! Semantic: the cases of the field as records, and the way there and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use hei_elm::{Limits, Read};
use hei_proto::hei::credentials::v1::{SourceSignature, Transcript};
use hei_values::Mapped;

use super::*;
use crate::semantic::record::issuer_key;
use crate::semantic::{elmo, transcript};

fn case(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/cases");
    std::fs::read(folder.join(name)).unwrap()
}

fn read(name: &str) -> Read {
    hei_elm::read(&case(name), &Limits::default()).unwrap()
}

fn records(name: &str) -> Vec<Transcript> {
    from_elm(&read(name)).unwrap().value
}

fn of_elmo(name: &str) -> Transcript {
    let document = hei_elmo::read(&case(name), &hei_elmo::Limits::default()).unwrap().document;
    elmo::from_elmo(&document).value.remove(0)
}

const CREDENTIAL: &str = "urn:credential:00000000-0000-4000-8000-000000000002";

fn issuer_here() -> Issuer {
    Issuer {
        domain: "alpha.example".to_owned(),
        country: Some(CodedValue { scheme: ISO_COUNTRY.to_owned(), code: "FI".to_owned() }),
        ..Issuer::default()
    }
}

/// To bytes of a credential and back, with all that either way names as lost.
fn there_and_back(record: Transcript) -> (Transcript, Vec<Loss>) {
    let Mapped { value, mut lost } =
        to_elm(&transcript::check(record).unwrap(), &issuer_here(), CREDENTIAL);
    let read = hei_elm::read(&hei_elm::write(&value), &Limits::default()).unwrap();
    let mut back = from_elm(&read).unwrap();
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
    let Mapped { value, lost } = from_elm(&read("D03-reference.jsonld")).unwrap();
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
            ("$.credentialSubject.hasClaim[0].provenBy[0].grade.noteLiteral.en", "LANGUAGE"),
            ("$.credentialSubject.givenName.en", "LANGUAGE"),
            ("$.credentialSubject.familyName.en", "LANGUAGE"),
        ]
    );
}

#[test]
fn each_awarding_body_has_a_transcript_and_the_sealer_has_none() {
    let records = records("D07-mandated-joint.jsonld");
    let names: Vec<&str> =
        records.iter().map(|it| it.issuer.as_ref().unwrap().titles[0].text.as_str()).collect();
    assert_eq!(names, ["Alpha Example University", "Beta Example College"]);
    let keys: Vec<String> =
        records.iter().map(|it| issuer_key(it.issuer.as_ref().unwrap())).collect();
    assert_eq!(keys, ["name:Alpha Example University", "name:Beta Example College"]);
    for record in records {
        assert_eq!(record.achievements.len(), 1);
        let document = elmo::to_elmo(&transcript::check(record).unwrap()).value;
        assert_eq!(document.reports.len(), 1);
    }
}

#[test]
fn more_bodies_than_award_together_are_refused() {
    let mut read = read("D07-mandated-joint.jsonld");
    let Some(hei_elm::Claim::Achievement(claim)) =
        read.document.subject.as_mut().and_then(|it| it.claims.first_mut())
    else {
        panic!("no achievement");
    };
    let bodies = &mut claim.awarded_by.as_mut().unwrap().awarding_bodies;
    let one = bodies[0].clone();
    let named = |n| hei_elm::Organisation {
        legal_names: hei_elm::Texts::one("en", &format!("Body {n}")),
        ..one.clone()
    };
    *bodies = (0..32).map(named).collect();
    assert_eq!(from_elm(&read).unwrap().value.len(), 32);
    let Some(hei_elm::Claim::Achievement(claim)) =
        read.document.subject.as_mut().and_then(|it| it.claims.first_mut())
    else {
        panic!("no achievement");
    };
    claim.awarded_by.as_mut().unwrap().awarding_bodies.extend((32..20_000).map(named));
    assert_eq!(from_elm(&read).unwrap_err().reason, "TOO_LARGE");
}

#[test]
fn codes_survive_as_they_were_spelt() {
    let mut source = of_elmo("E06-codes.xml");
    let (back, lost) = there_and_back(source.clone());
    let codes: Vec<&str> = told_beside_envelope(&lost).iter().map(|(_, code)| *code).collect();
    assert!(codes.iter().all(|it| ["GENERATED_DATE", "FILLED"].contains(it)), "{codes:?}");
    source.generated_date = None;
    assert_eq!(back, source);
}

#[test]
fn what_the_shapes_do_not_allow_is_left_out_and_told() {
    let mut source = of_elmo("E04-credits-valid.xml");
    source.completeness = "FULL".to_owned();
    let learner = source.learner.as_mut().unwrap();
    learner.place_of_birth = "Somewhere".to_owned();
    learner.country_of_birth = None;
    source.issuer.as_mut().unwrap().country = None;
    let Mapped { value, lost } =
        to_elm(&transcript::check(source).unwrap(), &issuer_here(), CREDENTIAL);
    assert_eq!(
        told(&lost, &["FILLED"]),
        [
            (
                "$.credentialSubject.hasClaim[0].awardedBy.awardingBody[0].location",
                "COUNTRY_MISSING"
            ),
            ("$.credentialSubject.hasClaim[6].creditReceived[0]", "CREDITS_EMPTY"),
            ("$.credentialSubject.placeOfBirth", "COUNTRY_MISSING"),
            ("$.generatedDate", "GENERATED_DATE"),
            ("$.status", "COMPLETENESS"),
        ]
    );
    assert_eq!((value.issued, value.display), (None, None));
    let issuer = value.issuer.unwrap();
    assert_eq!(issuer.legal_names.0[0].text, "alpha.example");
    assert_eq!(issuer.eidas_identifier, None);
}

#[test]
fn a_configured_eidas_identifier_stands_at_the_issuer_only() {
    let source = of_elmo("E01-default.xml");
    let issuer = Issuer { eidas: Some("VATFI-1".to_owned()), ..issuer_here() };
    let value = to_elm(&transcript::check(source).unwrap(), &issuer, CREDENTIAL).value;
    let read = hei_elm::read(&hei_elm::write(&value), &Limits::default()).unwrap();
    let missing: Vec<&str> = read.deviations.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(missing, ["$.displayParameter", "$.issued"]);
}

#[test]
fn a_refused_credential_names_every_fault_with_its_path_and_a_reason_of_the_contract() {
    let refusal = |bytes: &[u8], max| {
        refused(hei_elm::read(bytes, &Limits { attachment_bytes_max: max }).unwrap_err()).0
    };
    let mut found: Vec<(String, &str)> = refusal(&case("D05-epoch-millis.jsonld"), 1000)
        .into_iter()
        .map(|it| (it.field, it.reason))
        .collect();
    found.sort();
    let expected = [
        ("$.credentialSubject", "DOCUMENT_INVALID"),
        ("$.issuanceDate", "DOCUMENT_INVALID"),
        ("$.issued", "DOCUMENT_INVALID"),
        ("$.issuer", "DOCUMENT_INVALID"),
        ("$.validFrom", "DOCUMENT_INVALID"),
        ("$['@context']", "FIELD_MISSING"),
    ];
    assert_eq!(found, expected.map(|(path, reason)| (path.to_owned(), reason)));
    let stranger = String::from_utf8(case("D03-reference.jsonld")).unwrap();
    let stranger = stranger.replace("credentials/v1\"", "credentials/v9\"");
    let context = refusal(stranger.as_bytes(), 1000);
    assert_eq!(
        (context[0].field.as_str(), context[0].reason),
        ("$['@context'][0]", "CONTEXT_UNKNOWN")
    );
    let large = refusal(&case("D03-reference.jsonld"), 0);
    assert_eq!(
        (large[0].field.as_str(), large[0].reason),
        ("credentials.attachment_bytes_max", "TOO_LARGE")
    );
    let other = refusal(b"<elmo/>", 0);
    assert_eq!((other[0].field.as_str(), other[0].reason), ("document", "DOCUMENT_INVALID"));
}

#[test]
fn a_sealed_credential_says_that_its_seal_was_not_checked() {
    let records = records("D06-sealed.jsonld");
    assert_eq!(records[0].source_signature(), SourceSignature::NotChecked);
}

#[test]
fn every_published_example_with_a_claim_is_a_whole_record() {
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
        let mut value = from_elm(&read).unwrap().value;
        assert_eq!(value.len(), 1, "{name}");
        let record = transcript::check(value.remove(0));
        let record = record.unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(record.achievements.len(), count, "{name}");
        assert_eq!(record.activities.len(), 1 - count, "{name}");
    }
}
