//! Semantic: the cases of the field as records, and the way there and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use hei_elmo::{Elmo, Limits, NAMESPACE_V2};
use hei_proto::hei::credentials::v1::{Achievement, SourceSignature, Transcript};
use hei_values::Mapped;

use super::*;
use crate::semantic::transcript;

const LOI: &str = "specifies[1]/learningOpportunityInstance[1]";

fn document(bytes: &[u8]) -> Elmo {
    hei_elmo::read(bytes, &Limits::default()).unwrap().document
}

fn case(name: &str) -> Elmo {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/cases");
    document(&std::fs::read(folder.join(name)).unwrap())
}

fn one(document: &Elmo) -> (Transcript, Vec<Loss>) {
    let Mapped { mut value, lost } = from_elmo(document);
    assert_eq!(value.len(), 1);
    (value.remove(0), lost)
}

/// To a record and back, with all that either way names as lost.
fn there_and_back(document: &Elmo) -> (Elmo, Vec<Loss>) {
    let (record, mut lost) = one(document);
    let back = to_elmo(&transcript::check(record).unwrap());
    lost.extend(back.lost);
    (back.value, lost)
}

fn told(lost: &[Loss]) -> Vec<(&str, &str)> {
    lost.iter().map(|it| (it.path.as_str(), it.code.as_str())).collect()
}

fn course(number: usize, rest: &str) -> String {
    format!("/elmo/report[1]/learningOpportunitySpecification[{number}]/{rest}")
}

#[test]
fn a_document_comes_back_equal_but_for_the_spelling_of_ects() {
    for name in [
        "E01-prefixed.xml",
        "E02-dates.xml",
        "E03-grades.xml",
        "E04-credits-valid.xml",
        "E05-double-credits.xml",
    ] {
        let mut source = case(name);
        let (back, lost) = there_and_back(&source);
        assert_eq!(told(&lost), [], "{name}");
        for it in &mut source.reports[0].specifications {
            for credit in it.instance.iter_mut().flat_map(|it| &mut it.credits) {
                credit.scheme = credit.scheme.as_deref().map(|it| it.replace("ECTS", "ects"));
            }
        }
        assert_eq!(back, source, "{name}");
    }
}

#[test]
fn no_grade_and_no_credits_stay_none() {
    let (record, _) = one(&case("E03-grades.xml"));
    let label = |it: &Achievement| it.grade.as_ref().map(|it| it.label.clone());
    let labels: Vec<Option<String>> = record.achievements.iter().map(label).collect();
    assert_eq!(labels[..3], [None, Some("HYV".into()), Some("02".into())]);
    assert_eq!(record.achievements[1].status, "");
    let (record, _) = one(&case("E04-credits-valid.xml"));
    let credit = &record.achievements[6].credits[0];
    assert_eq!((credit.scheme.as_str(), credit.value.as_str()), ("ects", ""));
}

#[test]
fn a_second_title_in_a_language_and_two_languages_in_one_go_to_the_loss_report() {
    let (record, lost) = one(&case("E06-codes.xml"));
    let tags: Vec<&str> =
        record.achievements[0].titles.iter().map(|it| it.language.as_str()).collect();
    assert_eq!(tags, ["FI", "no", "nn", "sr-Latn", "und", "en"]);
    assert_eq!(record.achievements[0].titles[5].text, "First title");
    assert_eq!(record.achievements[0].language_of_instruction, "EN");
    assert_eq!(record.issuer.unwrap().country.unwrap().scheme, EU_COUNTRY);
    let spoken = course(2, &format!("{LOI}/languageOfInstruction[1]"));
    assert_eq!(
        told(&lost),
        [(course(1, "title[7]").as_str(), "LANGUAGE_REPEATED"), (spoken.as_str(), "LANGUAGE_FORM")]
    );
}

#[test]
fn languages_are_compared_without_case_and_a_tag_that_is_none_is_named() {
    let source = with_course(
        "<title xml:lang='fi'>1</title><title xml:lang='FI'>2</title><title>3</title><title xml:lang='en_GB'>4</title>",
    );
    let (record, lost) = one(&document(source.as_bytes()));
    let kept: Vec<(&str, &str)> = record.achievements[0]
        .titles
        .iter()
        .map(|it| (it.language.as_str(), it.text.as_str()))
        .collect();
    assert_eq!(kept, [("fi", "1"), ("und", "3")]);
    let at = |rest: &str, code| (course(1, rest), code);
    let expected = [
        at("title[2]", "LANGUAGE_REPEATED"),
        at("title[4]", "LANGUAGE_FORM"),
        at("title[4]", "LANGUAGE_REPEATED"),
    ];
    let lost: Vec<(String, &str)> =
        lost.iter().map(|it| (it.path.clone(), it.code.as_str())).collect();
    assert_eq!(lost, expected);
}

#[test]
fn what_has_no_place_in_a_record_or_a_document_is_named() {
    let source = with_course(&format!(
        "<title>T</title><specifies><learningOpportunityInstance><enrolment><enrolmentInstitution><identifier type='x'>y</identifier><title>t</title><url>u</url></enrolmentInstitution>\
         <enrolmentDate>2025-01-01</enrolmentDate><academicYear><start>2025-01-01</start><end>2025-12-31</end></academicYear></enrolment>\
         <credit><scheme>ects</scheme><level>Master</level><value>5</value></credit><grouping/><diplomaSupplement/></learningOpportunityInstance></specifies>{}",
        "<extension/>"
    ))
    .replace("</elmo>", "<groups/><extension/><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></elmo>")
    .replace("</familyName>", "</familyName><currentAddress><locality xmlns='https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1'>X</locality></currentAddress><gender>m</gender>")
    .replace("</report>", "<status><code>FULL</code><message>M</message></status></report>");
    let source = document(source.as_bytes());
    let (record, lost) = one(&source);
    assert_eq!(record.source_signature(), SourceSignature::NotChecked);
    assert_eq!(record.completeness, "FULL");
    let mut codes: Vec<&str> = lost.iter().map(|it| it.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "ADDRESS",
            "DIPLOMA_SUPPLEMENT",
            "ENROLMENT",
            "ENROLMENT",
            "EXTENSION",
            "EXTENSION",
            "GROUPS",
            "GROUPS",
            "SIGNATURE",
            "STATUS_MESSAGE",
            "VALUE_UNKNOWN"
        ]
    );
    let back = to_elmo(&transcript::check(record).unwrap());
    let instance = |rest: &str| course(1, &format!("{LOI}/{rest}"));
    assert_eq!(
        told(&back.lost),
        [
            (instance("enrolment[1]").as_str(), "INCOMPLETE"),
            (instance("credit[1]/level[1]").as_str(), "CREDIT_LEVEL"),
            ("/elmo/Signature[1]", "SIGNATURE"),
        ]
    );
}

#[test]
fn each_report_is_a_transcript_and_gets_only_the_attachments_that_it_names() {
    let single = with_course(
        "<title>T</title><specifies><learningOpportunityInstance><attachments><ref>a</ref></attachments></learningOpportunityInstance></specifies>",
    );
    let attachments = "<attachment><identifier type='i'>a</identifier><content>data:,a</content></attachment><attachment><identifier type='i'>b</identifier></attachment></elmo>";
    let (record, lost) = one(&document(single.replace("</elmo>", attachments).as_bytes()));
    assert_eq!((record.attachments.len(), lost.len()), (2, 0));
    let other = "<report><issuer><identifier type='schac'>beta.example</identifier><title>B</title><url>u</url></issuer><issueDate>2026-02-03T10:15:30Z</issueDate></report>";
    let several = single.replace("</elmo>", &format!("{other}{attachments}"));
    let Mapped { value, lost } = from_elmo(&document(several.as_bytes()));
    let counts: Vec<usize> = value.iter().map(|it| it.attachments.len()).collect();
    assert_eq!(counts, [1, 0]);
    assert_eq!(value[0].attachments[0].contents[0].data_uri, "data:,a");
    assert_eq!(told(&lost), [("/elmo/attachment[2]", "ATTACHMENT")]);
    let issuers: Vec<String> =
        value.into_iter().map(|it| it.issuer.unwrap().identifiers[0].value.clone()).collect();
    assert_eq!(issuers, ["alpha.example", "beta.example"]);
}

#[test]
fn a_refused_document_names_every_fault_with_its_path_and_a_reason_of_the_contract() {
    let source = with_course("<title>T</title><specifies><learningOpportunityInstance><date>2025-02-30</date></learningOpportunityInstance></specifies>")
        .replace("<identifier type='schac'>alpha.example</identifier>", "")
        .replace(NAMESPACE_V2, "urn:other");
    let refusal = |bytes: &[u8]| {
        refused(hei_elmo::read(bytes, &Limits { attachment_bytes_max: 3 }).unwrap_err()).0
    };
    let found: Vec<(String, &str)> =
        refusal(source.as_bytes()).into_iter().map(|it| (it.field, it.reason)).collect();
    assert_eq!(
        found,
        [
            ("/elmo".into(), "NAMESPACE_UNKNOWN"),
            ("/elmo/report[1]/issuer[1]/identifier".into(), "FIELD_MISSING"),
            (course(1, &format!("{LOI}/date[1]")), "DOCUMENT_INVALID"),
        ]
    );
    let dtd = refusal(b"<!DOCTYPE elmo><elmo/>");
    assert_eq!((dtd[0].field.as_str(), dtd[0].reason), ("document", "DOCUMENT_INVALID"));
    let content =
        format!("<attachment><content>{}</content></attachment></elmo>", "A".repeat(1000));
    let large = refusal(with_course("<title>T</title>").replace("</elmo>", &content).as_bytes());
    assert_eq!(
        (large[0].field.as_str(), large[0].reason),
        ("credentials.attachment_bytes_max", "TOO_LARGE")
    );
}

fn with_course(course: &str) -> String {
    format!(
        "<elmo xmlns='{NAMESPACE_V2}'><generatedDate>2026-02-03T10:15:30Z</generatedDate><learner><identifier type='local'>L</identifier>\
         <givenNames>G</givenNames><familyName>F</familyName><alternativeName>G F</alternativeName></learner>\
         <report><issuer><identifier type='schac'>alpha.example</identifier><title>A</title><url>u</url></issuer>\
         <learningOpportunitySpecification><identifier type='local'>C</identifier>{course}</learningOpportunitySpecification>\
         <issueDate>2026-02-03T10:15:30Z</issueDate></report></elmo>"
    )
}
