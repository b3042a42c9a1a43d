//! Each D case as its table says, as far as it concerns the codec.

use super::*;

#[test]
fn d02_one_address_has_two_contents_and_both_spellings_are_known() {
    for (name, copy) in [
        ("D02-term-of-3.1.jsonld", ContextCopy::V3_1),
        ("D02-term-of-3.2.jsonld", ContextCopy::V3_2),
    ] {
        let read = taken(&case(name));
        assert_eq!(read.context, copy, "{name}");
        let results = achievement(&read.document).proven_by[0].result_distribution.as_ref();
        let counts: Vec<&str> = results
            .unwrap()
            .categories
            .iter()
            .map(|it| it.count.as_ref().unwrap().0.as_str())
            .collect();
        assert_eq!(counts, ["11", "24"], "{name}");
        assert!(deviations(&read).iter().any(|(_, code)| *code == "TERM_MISTAKEN"), "{name}");
        assert_eq!(unread(&read), [], "{name}");
        let written = String::from_utf8(write(&read.document)).unwrap();
        assert!(written.contains("\"resultDistribution\"") && !written.contains("Destribution"));
    }
}

#[test]
fn d02_a_term_of_the_other_copy_is_lost_and_named() {
    let text = String::from_utf8(case("D02-term-of-3.2.jsonld")).unwrap();
    let both = text.replacen("\"noteLiteral\"", "\"resultDestribution\": {}, \"noteLiteral\"", 1);
    let read = taken(both.as_bytes());
    assert_eq!(read.context, ContextCopy::V3_2);
    let at = "$.credentialSubject.hasClaim[0].provenBy[0].grade.resultDestribution";
    assert_eq!(unread(&read), [(at, "TERM_UNKNOWN")]);
}

#[test]
fn d03_every_shape_of_a_value_gives_the_same_record() {
    let reference = taken(&case("D03-reference.jsonld"));
    let shapes = taken(&case("D03-shapes.jsonld"));
    assert_eq!(deviations(&reference), []);
    let point = "$.credentialSubject[0].hasClaim.creditReceived.point";
    assert_eq!(
        deviations(&shapes),
        [
            ("$.credentialSubject[0].hasClaim.awardedBy.awardingBody", "ID_SHARED"),
            ("$.credentialSubject[0].hasClaim.provenBy.awardedBy.awardingBody[0]", "ID_SHARED"),
            ("$.issuer.legalName", "LANGUAGE_MISSING"),
            (point, "NUMBER_AS_TEXT"),
        ]
    );
    let mut document = shapes.document;
    let name = &mut document.issuer.as_mut().unwrap().legal_names.0[0].language;
    assert_eq!(name, UNDETERMINED);
    *name = "en".to_owned();
    let mut expected = reference.document;
    // The case has two titles more than its reference.
    let Claim::Achievement(claim) = &mut expected.subject.as_mut().unwrap().claims[0] else {
        panic!("no achievement");
    };
    claim.titles.push("fi", "Tietokannat".to_owned());
    claim.titles.push("en-GB", "Databases (GB)".to_owned());
    assert_eq!(document, expected);
}

#[test]
fn d05_wrapped_forms_are_the_same_as_the_bare_one() {
    let bare = taken(&case("D03-reference.jsonld"));
    assert_eq!(bare.form, Form::Bare);
    for (name, form) in [
        ("D05-wrapped.json", Form::Wrapped),
        ("D05-graph.jsonld", Form::Graph),
        ("D05-presentation.json", Form::Presentation),
    ] {
        let read = taken(&case(name));
        assert_eq!((read.form, read.seal), (form, Seal::None), "{name}");
        assert_eq!(read.document, bare.document, "{name}");
    }
}

#[test]
fn d05_all_that_is_wrong_is_told_at_once() {
    let mut told = faults(&case("D05-epoch-millis.jsonld"));
    told.sort();
    let expected = [
        ("$.credentialSubject", "SUBJECT_BARE"),
        ("$.issuanceDate", "DATE_INVALID"),
        ("$.issued", "DATE_INVALID"),
        ("$.issuer", "ISSUER_BARE"),
        ("$.validFrom", "DATE_INVALID"),
        ("$['@context']", "CONTEXT_MISSING"),
    ];
    assert_eq!(told, expected.map(|(path, code)| (path.to_owned(), code)));
    let text = read(&case("D05-epoch-millis.jsonld"), &Limits::default()).unwrap_err().to_string();
    assert!(text.contains("found the number 1770113730000"), "{text}");
    assert!(text.contains("found the string \"urn:epass:org:1\""), "{text}");
}

#[test]
fn d06_a_sealed_document_reads_as_its_payload_and_its_seal_is_not_checked() {
    let sealed = taken(&case("D06-sealed.jsonld"));
    let titles: Vec<&str> =
        achievement(&sealed.document).titles.0.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(titles, ["Databases", "Jäähallin tietokannat", "Βάσεις δεδομένων"]);
    for (name, told) in [
        ("D06-sealed.jsonld", vec![]),
        ("D06-sealed-ascii-escaped-container.jsonld", vec![]),
        ("D06-payload-reserialised.jsonld", vec![]),
        ("D06-payload-base64url-but-b64-false.jsonld", vec![("$.payload", "PAYLOAD_ENCODED")]),
    ] {
        let read = taken(&case(name));
        assert_eq!((read.form, read.seal), (Form::Sealed, Seal::NotChecked), "{name}");
        assert_eq!(deviations(&read), told, "{name}");
        assert_eq!(read.document, sealed.document, "{name}");
    }
}

#[test]
fn d07_the_awarding_bodies_are_the_institutions_and_the_sealer_stands_apart() {
    let document = taken(&case("D07-mandated-joint.jsonld")).document;
    let process = achievement(&document).awarded_by.as_ref().unwrap();
    let names: Vec<&str> =
        process.awarding_bodies.iter().map(|it| it.legal_names.0[0].text.as_str()).collect();
    assert_eq!(names, ["Alpha Example University", "Beta Example College"]);
    let sealer = &document.issuer.unwrap().legal_names.0[0].text;
    assert_eq!(sealer, "Sealing Service Example");
}

#[test]
fn d11_without_a_display_the_record_is_complete() {
    let read = taken(&case("D11-no-display.jsonld"));
    assert_eq!(
        deviations(&read),
        [
            ("$.credentialSchema", "MISSING"),
            ("$.credentialProfiles", "MISSING"),
            ("$.displayParameter", "MISSING"),
        ]
    );
    let mut expected = taken(&case("D03-reference.jsonld")).document;
    expected.schemas.clear();
    expected.profiles.clear();
    expected.display = None;
    assert_eq!(read.document, expected);
}
