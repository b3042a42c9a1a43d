//! Documents that cost more than they should, or say two things at once.

use super::*;

#[test]
fn a_name_twice_is_a_fault_in_the_credential_and_in_the_container() {
    let twice = reference_with("\"point\": \"7.5\"", "\"point\": \"7.5\", \"point\": \"75\"");
    let path = "$.credentialSubject.hasClaim[0].creditReceived[0].point";
    assert_eq!(faults(&twice), [(path.to_owned(), "NAME_REPEATED")]);
    let keyword = reference_with("\"type\": \"Note\"", "\"type\": \"Note\", \"@type\": \"Person\"");
    let path = "$.credentialSubject.hasClaim[0].provenBy[0].grade['@type']";
    assert_eq!(faults(&keyword), [(path.to_owned(), "KEYWORD_REPEATED")]);
    let sealed = String::from_utf8(case("D06-sealed.jsonld")).unwrap();
    let second = sealed.replacen('{', "{\"payload\": \"{}\",", 1);
    // Whichever payload is taken, the other one is told.
    let found = read(second.as_bytes(), &Limits::default()).unwrap_err().to_string();
    assert!(found.contains("$.payload: the object has two members of this name"), "{found}");
    let many: String = (0..40).map(|it| format!("\"k{it}\": 0,")).collect();
    let many = reference_with("\"validFrom\"", &format!("{many}\"k7\": 1, \"validFrom\""));
    assert_eq!(faults(&many), [("$.k7".to_owned(), "NAME_REPEATED")]);
}

#[test]
fn nesting_and_counts_have_their_bounds() {
    let deep = format!("{}1{}", "[".repeat(101), "]".repeat(101));
    assert_eq!(trouble(deep.as_bytes()).code(), "TOO_COMPLEX");
    let very_deep = "[".repeat(1_000_000);
    assert_eq!(trouble(very_deep.as_bytes()).code(), "TOO_COMPLEX");
    let wide = format!("[{}0]", "0,".repeat(600_000));
    assert_eq!(trouble(wide.as_bytes()).code(), "TOO_COMPLEX");
}

#[test]
fn what_is_looked_for_among_others_is_bounded_too() {
    let with_title = |title: serde_json::Value| {
        let mut whole: serde_json::Value =
            serde_json::from_slice(&case("D03-reference.jsonld")).unwrap();
        whole["credentialSubject"]["hasClaim"][0]["title"] = title;
        whole.to_string().into_bytes()
    };
    let tags = |count| -> serde_json::Value {
        (0..count).map(|it| (format!("x-t{it}"), serde_json::Value::from("t"))).collect()
    };
    assert!(read(&with_title(tags(1_000)), &Limits::default()).is_ok());
    let told = trouble(&with_title(tags(1_001)));
    assert!(told.to_string().contains("members in one object"), "{told}");
    let one = serde_json::json!({"@value": "t", "@language": "de"});
    let found = faults(&with_title(vec![one; 1_002].into()));
    let place = |index| format!("$.credentialSubject.hasClaim[0].title[{index}]");
    assert_eq!(found, [(place(1_000), "TEXTS_MANY"), (place(1_001), "TEXTS_MANY")]);
}

#[test]
fn the_deepest_credential_that_is_read_is_written_and_read_again() {
    let part =
        "\"hasPart\": {\"id\": \"urn:x:p\", \"type\": \"LearningAchievement\", \"title\": \"t\",";
    let levels = 94;
    let open = part.repeat(levels);
    let text = String::from_utf8(reference_with(
        "\"creditReceived\"",
        &format!("{open} \"identifier\": []{}, \"creditReceived\"", "}".repeat(levels)),
    ))
    .unwrap();
    let small = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let work = small.spawn(move || {
        let first = taken(text.as_bytes()).document;
        assert_eq!(taken(&write(&first)).document, first);
    });
    work.unwrap().join().unwrap();
}

#[test]
fn attachment_content_and_the_rest_have_caps_of_their_own() {
    let content = "A".repeat(4000);
    let bytes = reference_with("\"content\": \"AAAA\"", &format!("\"content\": \"{content}\""));
    assert!(read(&bytes, &Limits { attachment_bytes_max: 3000 }).is_ok());
    let refused = read(&bytes, &Limits { attachment_bytes_max: 2996 }).unwrap_err();
    let limit = Trouble::TooLarge { setting: ATTACHMENT_SETTING, limit: 2996 };
    assert_eq!(refused, Refused::Trouble(limit));
    let title = "T".repeat(9 * 1024 * 1024);
    let bytes = reference_with("\"Databases\"", &format!("\"{title}\""));
    assert_eq!(trouble(&bytes).code(), "TOO_LARGE");
}

#[test]
fn what_is_no_json_is_refused_in_words() {
    for (bytes, word) in [
        (&b""[..], "not JSON"),
        (b"<elmo/>", "XML"),
        (b"\xFF\xFE{", "UTF-8"),
        (b"{\"a\": 1} x", "not JSON"),
        (b"{\"a\": 1e999}", "not JSON"),
        (b"{\"payload\": 1}", "payload"),
        (b"{\"payload\": \"%%%\"}", "payload"),
    ] {
        let text = trouble(bytes).to_string();
        assert!(text.contains(word), "{text}");
    }
    let marked = [b"\xEF\xBB\xBF", case("D03-reference.jsonld").as_slice()].concat();
    assert_eq!(taken(&marked).document, taken(&case("D03-reference.jsonld")).document);
}
