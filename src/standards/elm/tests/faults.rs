//! What refuses a document, what is only noted, and where it is told to be.

use super::*;

const CLAIM: &str = "$.credentialSubject.hasClaim[0]";

fn at(rest: &str) -> String {
    format!("{CLAIM}{rest}")
}

#[test]
fn a_context_that_is_not_in_the_list_is_a_fault() {
    let with = |context: &str| {
        let known = format!("[\"{VC_CONTEXT}\",\"{EDC_CONTEXT}\"]");
        reference_with(&format!("\"@context\": {known}"), &format!("\"@context\": {context}"))
    };
    let fault = |path: &str, code| vec![(path.to_owned(), code)];
    let known = format!("\"{VC_CONTEXT}\",\"{EDC_CONTEXT}\"");
    let stranger = with(&format!("[{known}, \"https://example.org/mine\"]"));
    assert_eq!(faults(&stranger), fault("$['@context'][2]", "CONTEXT_UNKNOWN"));
    let own = with(&format!("[{known}, {{\"grade\": \"https://example.org/g\"}}]"));
    assert_eq!(faults(&own), fault("$['@context'][2]", "CONTEXT_UNKNOWN"));
    let half = with(&format!("\"{EDC_CONTEXT}\""));
    assert_eq!(faults(&half), fault("$['@context']", "CONTEXT_MISSING"));
    let turned = with(&format!("[\"{EDC_CONTEXT}\",\"{VC_CONTEXT}\"]"));
    assert_eq!(deviations(&taken(&turned)), [("$['@context']", "CONTEXT_ORDER")]);
    let within = reference_with(
        "\"awardedBy\": {",
        "\"awardedBy\": {\"@context\": {\"awardingBody\": \"https://example.org/b\"},",
    );
    let places = [".awardedBy['@context']", ".provenBy[0].awardedBy['@context']"];
    assert_eq!(faults(&within), places.map(|it| (at(it), "CONTEXT_UNKNOWN")));
}

#[test]
fn a_document_without_a_credential_is_refused_whatever_its_form() {
    let plain = reference_with("\"EuropeanDigitalCredential\"", "\"SomethingElse\"");
    assert_eq!(faults(&plain), [("$.type".to_owned(), "TYPE_MISSING")]);
    assert_eq!(
        faults(b"{}"),
        [
            ("$['@context']".to_owned(), "CONTEXT_MISSING"),
            ("$.type".to_owned(), "TYPE_MISSING"),
            ("$.type".to_owned(), "TYPE_MISSING"),
            ("$.issuer".to_owned(), "ISSUER_MISSING"),
            ("$.credentialSubject".to_owned(), "SUBJECT_MISSING"),
        ]
    );
    assert_eq!(faults(b"[]")[1], ("$".to_owned(), "TYPE_MISSING"));
    assert_eq!(
        faults(b"{\"verifiableCredential\": []}")[0],
        ("$.verifiableCredential".to_owned(), "CREDENTIAL_MISSING")
    );
    let one = String::from_utf8(case("D03-reference.jsonld")).unwrap();
    let two =
        format!("{{\"@context\": [\"{VC_CONTEXT}\"], \"verifiableCredential\": [{one}, {one}]}}");
    assert_eq!(
        faults(two.as_bytes())[0],
        ("$.verifiableCredential".to_owned(), "CREDENTIAL_REPEATED")
    );
}

#[test]
fn values_of_the_wrong_kind_are_told_with_what_was_found() {
    let cases = [
        ("\"point\": \"7.5\"", "\"point\": \"7,5\"", ".creditReceived[0].point", "CREDITS_INVALID"),
        ("\"point\": \"7.5\"", "\"point\": \"-1\"", ".creditReceived[0].point", "CREDITS_INVALID"),
        ("\"point\": \"7.5\"", "\"point\": 75e-1", ".creditReceived[0].point", "CREDITS_INVALID"),
        (
            "2026-01-17T00:00:00Z",
            "2026-02-30T00:00:00Z",
            ".awardedBy.awardingDate",
            "DATE_IMPOSSIBLE",
        ),
        ("2026-01-17T00:00:00Z", "17.1.2026", ".awardedBy.awardingDate", "DATE_INVALID"),
        (
            "{\"en\": [\"B\"]}",
            "{\"en\": [true]}",
            ".provenBy[0].grade.noteLiteral.en[0]",
            "TEXT_EXPECTED",
        ),
        ("\"LearningAchievement\"", "\"LearningSomething\"", "", "CLAIM_UNKNOWN"),
    ];
    for (from, to, path, code) in cases {
        assert_eq!(faults(&reference_with(from, to)), [(at(path), code)], "{to}");
    }
    let found = reference_with("{\"en\": [\"B\"]}", "[[\"B\"]]");
    let text = read(&found, &Limits::default()).unwrap_err().to_string();
    assert!(text.contains("text is expected, found an array"), "{text}");
}

#[test]
fn what_is_harmless_is_noted_and_kept() {
    let noted = |from: &str, to: &str| {
        let read = taken(&reference_with(from, to));
        let told: Vec<_> = read.deviations.iter().map(|it| (it.path.clone(), it.code)).collect();
        (read, told)
    };
    let (read, told) = noted("2026-01-17T00:00:00Z", "2026-01-17");
    assert_eq!(told, [(at(".awardedBy.awardingDate"), "DATE_FORM")]);
    let process = achievement(&read.document).awarded_by.as_ref().unwrap();
    assert_eq!(process.awarding_date.as_ref().unwrap().as_date(), "2026-01-17");

    let (read, told) = noted("{\"en\": [\"B\"]}", "{\"@value\": \"02\", \"@language\": \"fi\"}");
    assert_eq!(told, []);
    let grade = achievement(&read.document).proven_by[0].grade.as_ref().unwrap();
    assert_eq!(grade.literals, Texts::one("fi", "02"));

    let (read, told) =
        noted("\"givenName\": {\"en\": [\"Given\"]}", "\"givenName\": {\"en\": [\"A\", \"B\"]}");
    assert_eq!(told, [("$.credentialSubject.givenName".to_owned(), "TEXTS_SEVERAL")]);
    assert_eq!(read.document.subject.unwrap().given_names.0.len(), 2);

    let (read, told) = noted("\"type\": \"CreditPoint\"", "\"type\": \"Credit\"");
    assert_eq!(told, [(at(".creditReceived[0].type"), "TYPE_OTHER")]);
    assert_eq!(achievement(&read.document).credits_received[0].types, ["Credit"]);
}

#[test]
fn exact_decimals_survive_whether_written_as_text_or_as_number() {
    for (sent, kept) in [
        ("\"7.50\"", "7.5"),
        ("7.50", "7.5"),
        ("0.1000000000000000055511151231", "0.1000000000000000055511151231"),
        ("12", "12"),
    ] {
        let read = taken(&reference_with("\"point\": \"7.5\"", &format!("\"point\": {sent}")));
        let point = achievement(&read.document).credits_received[0].point.as_ref().unwrap();
        assert_eq!(point.as_str(), kept, "{sent}");
    }
}

/// One member taken away from each class that must have it (Must show 2: the
/// official shapes find the same).
#[test]
fn a_missing_member_is_told_for_every_class_that_requires_one() {
    const STATEMENTS: &[(&str, &str, &str)] = &[
        ("\"credentialSchema\"", "$.credentialSchema", "MISSING"),
        ("\"validFrom\"", "$.validFrom", "MISSING"),
        ("\"issued\"", "$.issued", "MISSING"),
        ("\"displayParameter\"", "$.displayParameter", "MISSING"),
        ("\"individualDisplay\"", "$.displayParameter.individualDisplay", "MISSING"),
        ("\"primaryLanguage\"", "$.displayParameter.primaryLanguage", "MISSING"),
        ("\"page\"", "$.displayParameter.individualDisplay[0].displayDetail[0].page", "MISSING"),
        ("\"image\"", "$.displayParameter.individualDisplay[0].displayDetail[0].image", "MISSING"),
        ("\"framework\"", "$.credentialSubject.hasClaim[0].creditReceived[0].framework", "MISSING"),
        ("\"point\"", "$.credentialSubject.hasClaim[0].creditReceived[0].point", "MISSING"),
        ("\"grade\"", "$.credentialSubject.hasClaim[0].provenBy[0].grade", "MISSING"),
        (
            "\"noteLiteral\"",
            "$.credentialSubject.hasClaim[0].provenBy[0].grade.noteLiteral",
            "MISSING",
        ),
        ("\"awardedBy\"", "$.credentialSubject.hasClaim[0].awardedBy", "MISSING"),
        ("\"legalName\"", "$.issuer.legalName", "MISSING"),
        ("\"location\"", "$.issuer.location", "MISSING"),
        ("\"address\"", "$.issuer.location[0].address", "MISSING"),
        ("\"countryCode\"", "$.issuer.location[0].address[0].countryCode", "MISSING"),
        ("\"spatial\"", "$.issuer.eIDASIdentifier.spatial", "MISSING"),
        ("\"notation\"", "$.issuer.eIDASIdentifier.notation", "MISSING"),
        ("\"eIDASIdentifier\"", "$.issuer.eIDASIdentifier", "MISSING"),
        ("\"inScheme\"", "$.credentialProfiles[0].inScheme", "SCHEME_OTHER"),
    ];
    for (member, path, code) in STATEMENTS {
        // A renamed member is gone, and told as unknown too.
        let read = taken(&reference_with(member, "\"gone\""));
        let told = deviations(&read);
        assert!(told.contains(&(path, code)), "{member}: {told:?}");
        assert!(told.iter().any(|(_, code)| *code == "TERM_UNKNOWN"), "{member}");
    }
}

#[test]
fn what_the_model_has_no_place_for_is_named_with_all_below_that_nobody_keeps() {
    let read = taken(&reference_with(
        "\"validFrom\"",
        "\"termsOfUse\": {\"id\": \"urn:x:1\", \"type\": \"TermsOfUse\", \"rule\": 1, \"title\": {\"en\": \"x\"}}, \"sec:proof\": [], \"x:y\": 1, \"validFrom\"",
    ));
    assert_eq!(
        unread(&read),
        [
            ("$.termsOfUse", "NOT_TAKEN_OVER"),
            ("$.termsOfUse.rule", "TERM_UNKNOWN"),
            ("$['sec:proof']", "NOT_TAKEN_OVER"),
            ("$['x:y']", "TERM_UNKNOWN"),
        ]
    );
}

#[test]
fn two_nodes_with_one_id_stay_two() {
    let bytes =
        reference_with("\"urn:epass:awardingProcess:2\"", "\"urn:epass:awardingProcess:1\"");
    let read = taken(&bytes);
    assert_eq!(
        deviations(&read),
        [("$.credentialSubject.hasClaim[0].provenBy[0].awardedBy", "ID_SHARED")]
    );
    let claim = achievement(&read.document);
    let (one, other) =
        (claim.awarded_by.as_ref().unwrap(), claim.proven_by[0].awarded_by.as_ref().unwrap());
    assert_eq!(one.id, other.id);
    assert!(one.awarding_date.is_some() && other.awarding_date.is_none());
    assert_eq!(taken(&write(&read.document)).document, read.document);
}

#[test]
fn a_reference_is_named_and_not_followed() {
    let text = String::from_utf8(case("D03-reference.jsonld")).unwrap();
    let compact: String = text.lines().map(str::trim_start).collect();
    let start = compact.find("\"awardedBy\": {").unwrap();
    let end = start + compact[start..].find("\"awardingDate\"").unwrap();
    let end = end + compact[end..].find('}').unwrap() + 1;
    let mut bytes = compact;
    bytes.replace_range(start..end, "\"awardedBy\": \"urn:epass:awardingProcess:2\"");
    let read = taken(bytes.as_bytes());
    let place = at(".awardedBy");
    assert_eq!(deviations(&read), [(place.as_str(), "REFERENCE")]);
    assert_eq!(unread(&read), [(place.as_str(), "REFERENCE")]);
    let id = achievement(&read.document).awarded_by.as_ref().unwrap().id.as_deref();
    assert_eq!(id, Some("urn:epass:awardingProcess:2"));
}
