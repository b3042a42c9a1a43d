//! Each E case as its table says, as far as it concerns the codec.

use super::*;

fn instances(read: &Read) -> Vec<&Instance> {
    let specifications = read.document.reports[0].specifications.iter();
    specifications.map(|it| it.instance.as_ref().unwrap()).collect()
}

#[test]
fn e01_prefixes_make_no_difference_in_any_field() {
    let plain = taken(&case("E01-default.xml"));
    let prefixed = taken(&case("E01-prefixed.xml"));
    assert_eq!(plain.document, prefixed.document);
    assert_eq!(codes(&plain), []);
    assert_eq!(codes(&prefixed), []);
    let written = String::from_utf8(write(&prefixed.document)).unwrap();
    assert!(written.contains(&format!("<elmo xmlns=\"{NAMESPACE_V2}\">")));
}

#[test]
fn e02_days_stay_as_written_with_their_offset() {
    let read = taken(&case("E02-dates.xml"));
    let days: Vec<String> =
        instances(&read).iter().map(|it| it.date.as_ref().unwrap().as_date()).collect();
    assert_eq!(days, ["2025-12-31+02:00", "2026-01-01Z", "2025-12-31-11:00", "2024-02-29"]);
    let born = read.document.learner.birth_date.as_ref().unwrap();
    assert_eq!(born.as_date(), "2004-02-29+02:00");
    let issued = read.document.reports[0].issued.as_ref().unwrap();
    assert_eq!(issued.as_date_time(), "2026-01-01T00:00:00.000+02:00");
    assert_eq!(read.document.generated.as_ref().unwrap().as_date_time(), "2026-01-01T00:30:00");
    assert_eq!(
        faults(&case("E02-baddate.xml")),
        [(course(1, &format!("{LOI}/date[1]")), "DATE_IMPOSSIBLE")]
    );
}

#[test]
fn e03_a_grade_is_text_and_none_is_none() {
    let read = taken(&case("E03-grades.xml"));
    let labels: Vec<Option<&str>> =
        instances(&read).iter().map(|it| it.result_label.as_deref()).collect();
    assert_eq!(
        labels,
        [None, Some("HYV"), Some("02"), Some("30 e lode"), Some("1,3"), Some("4.0")]
    );
    let status: Vec<Option<&str>> =
        instances(&read).iter().map(|it| it.status.as_deref()).collect();
    assert_eq!(status[..2], [Some("passed"), None]);
    let at = course(6, &format!("{LOI}/gradingSchemeLocalId[1]"));
    assert_eq!(codes(&read), [(at.as_str(), "GRADING_SCHEME_UNKNOWN")]);
}

#[test]
fn e04_credits_are_exact_decimals() {
    let read = taken(&case("E04-credits-valid.xml"));
    let values: Vec<Vec<(&str, Option<&str>)>> = instances(&read)
        .iter()
        .map(|it| {
            it.credits
                .iter()
                .map(|it| (it.scheme.as_deref().unwrap(), it.value.as_ref().map(Decimal::as_str)))
                .collect()
        })
        .collect();
    let expected = ["10", "5", "7.5", "0.5", "5", "0"].map(|it| vec![("ects", Some(it))]);
    assert_eq!(values[..6], expected);
    assert_eq!(values[6], [("ECTS", None)]);
    assert_eq!(values[7], [("ects", Some("7.5")), ("local-points", Some("4.5"))]);
    assert_eq!(scheme_key("ECTS"), scheme_key("ects"));
    let total = |scheme| total(&read.document.reports[0].specifications, scheme).unwrap();
    assert_eq!(total("ECTS").as_str(), "35.5");
    assert_eq!(total("local-points").as_str(), "4.5");
    assert_eq!(codes(&read), []);
    assert_eq!(
        faults(&case("E04-credits-comma.xml")),
        [1, 2].map(|it| (course(it, &format!("{LOI}/credit[1]/value[1]")), "CREDITS_INVALID"))
    );
}

#[test]
fn e05_credits_on_two_levels_are_named_and_counted_once() {
    let read = taken(&case("E05-double-credits.xml"));
    let branch = "/elmo/report[1]/learningOpportunitySpecification[1]";
    assert_eq!(codes(&read), [(branch, "CREDITS_TWICE")]);
    let report = &read.document.reports[0];
    assert_eq!(total(&report.specifications, "ects").unwrap().as_str(), "60");
    assert_eq!(report.specifications[0].parts.len(), 2);
}

#[test]
fn e06_codes_are_kept_as_sent() {
    let read = taken(&case("E06-codes.xml"));
    let report = &read.document.reports[0];
    let titles: Vec<Option<&str>> =
        report.specifications[0].titles.iter().map(|it| it.language.as_deref()).collect();
    assert_eq!(
        titles,
        [Some("FI"), Some("no"), Some("nn"), Some("sr-Latn"), None, Some("en"), Some("en")]
    );
    assert_eq!(read.document.learner.citizenship.as_ref().unwrap().code, "SS");
    assert_eq!(report.issuer.country.as_ref().unwrap().kind, "URI");
    let spoken: Vec<Option<&str>> =
        instances(&read).iter().map(|it| it.language_of_instruction.as_deref()).collect();
    assert_eq!(spoken, [Some("EN"), Some("fi/sv")]);
    let at = course(2, &format!("{LOI}/languageOfInstruction[1]"));
    assert_eq!(codes(&read), [(at.as_str(), "LANGUAGE_FORM")]);
}

#[test]
fn e07_version_1_becomes_version_2_and_birth_dates_are_told_apart() {
    let read = taken(&case("E07-source-1.7.xml"));
    assert_eq!(read.version, Version::V1);
    assert_eq!(codes(&read), []);
    let written = String::from_utf8(write(&read.document)).unwrap();
    for line in [
        "<givenNames>Δείγμα</givenNames>",
        "<familyName>Παράδειγμα-Şnek Łącznik</familyName>",
        "<alternativeName>Δείγμα Παράδειγμα-Şnek Łącznik</alternativeName>",
        "<dateOfBirth>2004-02-29</dateOfBirth>",
        "<bday>2004-02-29</bday>",
        "<country type=\"ISO\">FI</country>",
    ] {
        assert!(written.contains(line), "{line}");
    }
    let read = taken(&case("E07-two-birth-dates.xml"));
    assert_eq!(codes(&read), [("/elmo/learner[1]/bday[1]", "BIRTH_DATES_DIFFER")]);
    assert_eq!(read.document.learner.birth_date.unwrap().as_date(), "2004-02-29");
    assert_eq!(
        faults(&case("E07-unknown-day.xml")),
        [("/elmo/learner[1]/dateOfBirth[1]".to_owned(), "DATE_IMPOSSIBLE")]
    );
}

#[test]
fn e09_every_wrapping_gives_the_same_document() {
    let plain = taken(&case("E01-default.xml")).document;
    for name in [
        "E09-plain.b64",
        "E09-gzip.b64",
        "E09-mime-wrapped.b64",
        "E09-form.txt",
        "E09-bom.xml",
        "E09-utf16.xml",
    ] {
        assert_eq!(taken(&case(name)).document, plain, "{name}");
    }
    let refusal = |name: &str| read(&case(name), &caps()).unwrap_err().to_string();
    assert!(refusal("E09-lies-about-encoding.xml").contains("encoding"));
    assert!(refusal("E09-plus-to-space.b64").contains("'+' probably became a space"));
}

#[test]
fn e13_placeholders_are_read_and_listed() {
    let read = taken(&case("E13-placeholders-1.7.xml"));
    let level = course(1, &format!("{LOI}/credit[1]/level[1]"));
    assert_eq!(
        codes(&read),
        [
            ("/elmo/generatedDate[1]", "PADDED"),
            ("/elmo/report[1]/issuer[1]/url", "MISSING"),
            ("/elmo/report[1]/issuer[1]/identifier[1]", "PLACEHOLDER"),
            (level.as_str(), "VALUE_UNKNOWN"),
        ]
    );
    assert_eq!(read.document.generated.unwrap().as_date_time(), "2016-12-07T09:17:51.566Z");
}
