//! What is written comes back.

use super::*;

#[test]
fn every_case_comes_back_equal() {
    for name in [
        "D02-term-of-3.1.jsonld",
        "D02-term-of-3.2.jsonld",
        "D03-reference.jsonld",
        "D03-shapes.jsonld",
        "D05-graph.jsonld",
        "D06-sealed.jsonld",
        "D07-mandated-joint.jsonld",
        "D11-no-display.jsonld",
    ] {
        let first = taken(&case(name)).document;
        let written = write(&first);
        let second = taken(&written);
        assert_eq!(second.document, first, "{name}");
        assert_eq!((second.form, second.context), (Form::Bare, ContextCopy::V3_2), "{name}");
        assert_eq!(write(&second.document), written, "{name}");
    }
}

#[test]
fn a_node_without_an_id_gets_one_that_no_other_has() {
    let mut document = taken(&case("D03-reference.jsonld")).document;
    let Claim::Achievement(claim) = &mut document.subject.as_mut().unwrap().claims[0] else {
        panic!("no achievement");
    };
    claim.credits_received.insert(0, CreditPoint::default());
    let written = write(&document);
    let read = taken(&written).document;
    let ids: Vec<_> =
        achievement(&read).credits_received.iter().map(|it| it.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["urn:epass:creditPoint:2", "urn:epass:creditPoint:1"]);
    assert_eq!(write(&read), written);
}

#[test]
fn text_is_escaped_and_nothing_else_is() {
    let mut document = taken(&case("D03-reference.jsonld")).document;
    let text = "\"q\" \\ / \n\r\t\u{1}\u{7f} é 你好 \u{1F393} \u{2028}";
    document.subject.as_mut().unwrap().given_names = Texts::one("en", text);
    let written = write(&document);
    let plain = String::from_utf8(written.clone()).unwrap();
    assert!(plain.contains(r#"\"q\" \\ / \n\r\t\u0001"#));
    assert_eq!(taken(&written).document.subject.unwrap().given_names, Texts::one("en", text));
}
