//! What is written comes back, and what cannot be written is told.

use super::*;

/// The learner's and the issuer's fields, every field of an instance.
const FULL: &str = include_str!("full.xml");

/// The same without what only the reading notes.
fn typed(mut document: Elmo) -> Elmo {
    document.unread.clear();
    document.signed = false;
    document
}

#[test]
fn every_field_of_the_model_comes_back_equal() {
    let first = taken(FULL.as_bytes());
    assert_eq!(codes(&first), []);
    assert_eq!(first.document.unread, []);
    assert_eq!(left_out(&first.document), []);
    let second = taken(&write(&first.document));
    assert_eq!(codes(&second), []);
    assert_eq!(second.document, first.document);
    assert_eq!(write(&second.document), write(&first.document));
    // But for the part, every field has a value, so that a forgotten one shows.
    let mut whole = first.document;
    whole.attachments.clear();
    whole.reports[0].specifications[0].parts.clear();
    let debug = format!("{whole:?}");
    assert_eq!(debug.matches("None").count(), 1, "only `level` of credits is gone: {debug}");
}

#[test]
fn cases_come_back_equal_but_for_what_is_told() {
    for name in [
        "E01-prefixed.xml",
        "E02-dates.xml",
        "E03-grades.xml",
        "E04-credits-valid.xml",
        "E05-double-credits.xml",
        "E06-codes.xml",
    ] {
        let first = taken(&case(name)).document;
        assert_eq!(left_out(&first), [], "{name}");
        assert_eq!(typed(taken(&write(&first)).document), typed(first), "{name}");
    }
}

#[test]
fn what_the_schema_has_no_place_for_is_told_with_its_path() {
    let bytes = with_course(
        "<title xml:lang='en_GB'>T</title><type>course</type><specifies><learningOpportunityInstance><academicTerm><title>x</title></academicTerm>\
         <status>PASSED</status><shortenedGrading><percentageLower>1</percentageLower></shortenedGrading><credit><level>Master</level></credit>\
         <level><type>EQF</type></level></learningOpportunityInstance></specifies>",
    );
    let told: Vec<(String, &str)> =
        left_out(&taken(&bytes).document).into_iter().map(|it| (it.path, it.code)).collect();
    let at = |rest: &str, code| (course(1, rest), code);
    let inside = |rest: &str, code| (course(1, &format!("{LOI}/{rest}")), code);
    assert_eq!(
        told,
        [
            at("identifier[1]", "FILLED"),
            at("title[1]", "LANGUAGE_FORM"),
            at("type[1]", "VALUE_UNKNOWN"),
            inside("academicTerm[1]", "INCOMPLETE"),
            inside("shortenedGrading[1]", "INCOMPLETE"),
            inside("status[1]", "VALUE_UNKNOWN"),
            inside("credit[1]/scheme[1]", "FILLED"),
            inside("credit[1]/level[1]", "CREDIT_LEVEL"),
        ]
    );
}

#[test]
fn an_attachment_is_held_once_and_comes_back_byte_for_byte() {
    let content = format!("data:application/pdf;base64,{}", "QUJD".repeat(3 * 1024 * 1024));
    let mut document = taken(&case("E01-default.xml")).document;
    document.attachments.push(Attachment {
        contents: vec![Text { language: None, text: content.clone() }],
        ..Attachment::default()
    });
    let bytes = write(&document);
    assert!(bytes.capacity() < content.len() + 256 * 1024);
    let back = taken(&bytes).document;
    let text = &back.attachments[0].contents[0].text;
    assert_eq!(*text, content);
    assert!(text.capacity() < content.len() + 1024);
}
