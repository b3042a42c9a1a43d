//! What refuses a document, generalised from the cases.

use super::*;

#[test]
fn all_faults_are_told_at_once_with_their_paths() {
    let bytes = document(
        "<issuer><title>A</title><url>u</url></issuer>",
        "<learningOpportunitySpecification><identifier type='local'>1</identifier><title>t</title><specifies><learningOpportunityInstance>\
         <start>2025-13-01</start><date>1.2.2025</date><academicTerm><title>x</title><start>2025-04-31</start><end>2025-05-01+15:00</end></academicTerm>\
         <credit><scheme>ects</scheme><value>7,5</value></credit><credit><scheme>x</scheme><value>-0.5</value></credit>\
         </learningOpportunityInstance></specifies></learningOpportunitySpecification>",
    );
    let at = |rest: &str| course(1, &format!("{LOI}/{rest}"));
    assert_eq!(
        faults(&bytes),
        [
            ("/elmo/report[1]/issuer[1]/identifier".into(), "INSTITUTION_ID_MISSING"),
            (at("start[1]"), "DATE_IMPOSSIBLE"),
            (at("date[1]"), "DATE_INVALID"),
            (at("academicTerm[1]/start[1]"), "DATE_IMPOSSIBLE"),
            (at("academicTerm[1]/end[1]"), "DATE_IMPOSSIBLE"),
            (at("credit[1]/value[1]"), "CREDITS_INVALID"),
            (at("credit[2]/value[1]"), "CREDITS_INVALID"),
        ]
    );
}

#[test]
fn an_institution_without_an_identifier_is_a_fault_in_every_form() {
    for issuer in [
        "",
        "<issuer/>",
        "<issuer><identifier type='schac'/></issuer>",
        "<issuer><identifier type='schac'>  </identifier></issuer>",
        "<issuer xmlns='urn:other'><identifier type='schac'>a</identifier></issuer>",
    ] {
        let found = faults(&document(issuer, ""));
        assert_eq!(found.len(), 1, "{issuer}: {found:?}");
        assert_eq!(found[0].1, "INSTITUTION_ID_MISSING");
    }
}

#[test]
fn a_namespace_that_is_not_elmo_is_a_fault_beside_the_others() {
    let bad = String::from_utf8(with_instance("<date>2025-02-30</date>")).unwrap();
    for namespace in [
        "",
        "https://github.com/emrex-eu/elmo-schemas/tree/v3",
        "https://github.com/emrex-eu/elmo-schemas/tree/v1/",
        "HTTPS://github.com/emrex-eu/elmo-schemas/tree/v2",
    ] {
        let found = faults(bad.replace(NAMESPACE_V2, namespace).as_bytes());
        let found: Vec<&str> = found.iter().map(|it| it.1).collect();
        assert_eq!(found, ["NAMESPACE_UNKNOWN", "DATE_IMPOSSIBLE"], "{namespace}");
    }
    let other = format!("<catalogue xmlns='{NAMESPACE_V2}'/>");
    assert_eq!(faults(other.as_bytes()), [("/catalogue".to_owned(), "ROOT_UNKNOWN")]);
}

#[test]
fn nothing_is_made_of_a_document_without_learner_report_or_date() {
    let whole = String::from_utf8(around("")).unwrap();
    let empty = format!("<elmo xmlns='{NAMESPACE_V2}'/>");
    let found: Vec<&str> = faults(empty.as_bytes()).iter().map(|it| it.1).collect();
    assert_eq!(found, ["LEARNER_MISSING", "REPORT_MISSING"]);
    let twice = whole.replace("<report>", "<learner><givenNames>H</givenNames></learner><report>");
    assert_eq!(faults(twice.as_bytes()), [("/elmo/learner[2]".to_owned(), "LEARNER_REPEATED")]);
    let dateless = whole
        .replace("<issueDate>2026-02-03T10:15:30Z</issueDate>", "")
        .replace("<generatedDate>2026-02-03T10:15:30Z</generatedDate>", "<generatedDate/>");
    assert_eq!(
        faults(dateless.as_bytes()),
        [("/elmo/report[1]/issueDate".to_owned(), "DATE_OF_ISSUE_MISSING")]
    );
}

#[test]
fn dates_and_credits_of_the_same_kind_are_faults_wherever_they_stand() {
    for date in [
        "2025-02-29",
        "1900-02-29",
        "2025-00-10",
        "2025-01-00",
        "0000-01-01",
        "2025-1-1",
        "20250101",
        "yesterday",
        "2025-01-01+2:00",
        "2025-01-01+14:01",
        "2025-01-01T25:00:00",
        "2025-01-01T10:00",
        "2025-01-01T10:60:00",
        "2025-01-01T24:00:01",
        "2025-01-01 10:00:00",
        "-",
        "0000-00-00",
        "٢٠٢٥-01-01",
        "2025-01-01z",
        "12025-01-01",
    ] {
        let found = faults(&with_instance(&format!("<date>{date}</date>")));
        assert!(
            matches!(found[..], [(_, "DATE_IMPOSSIBLE" | "DATE_INVALID")]),
            "{date}: {found:?}"
        );
    }
    for value in [
        "7,5", "-5", "-0.1", "five", "7.5 ECTS", "1e1", "INF", "NaN", "1.000,5", "1 000", ".", "+",
        "--1", "٧", "½", "0x10",
    ] {
        let found = faults(&with_instance(&format!(
            "<credit><scheme>s</scheme><value>{value}</value></credit>"
        )));
        assert_eq!(
            found,
            [(course(1, &format!("{LOI}/credit[1]/value[1]")), "CREDITS_INVALID")],
            "{value}"
        );
    }
}
