//! Documents that want to read files, fill memory or slip something past.

use super::*;

const BILLION_LAUGHS: &str = r#"<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<lolz>&lol2;</lolz>"#;

#[test]
fn every_document_type_declaration_is_refused_by_name() {
    for document in [
        BILLION_LAUGHS,
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"http://canary.example/x\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://canary.example/p\"> %p;]><a/>",
        "<!DOCTYPE a [<!-- unclosed",
        "<!doctype a><a/>",
        "<!DOCTYPE><a/>",
        "<a><!DOCTYPE a></a>",
        "<a/><!DOCTYPE a>",
        "<a><!ENTITY x \"y\"></a>",
    ] {
        let found = trouble(document);
        assert_eq!(found.code(), "DTD", "{document}: {found}");
        assert!(found.to_string().contains("DOCTYPE"));
    }
}

#[test]
fn nothing_but_predefined_entities_and_character_references_is_resolved() {
    let (_, text) = read(b"<a>&amp;&lt;&gt;&quot;&apos;&#228;&#xe4;</a>").unwrap();
    assert_eq!(text, "&<>\"'ää");
    for document in [
        "<a>&nbsp;</a>",
        "<a>&x;</a>",
        "<a b='&x;'/>",
        "<a>&;</a>",
        "<a>& </a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#X41;</a>",
        "<a>&#+65;</a>",
        "<a b='&amp'/>",
        "<a>&amp</a>",
    ] {
        assert_eq!(code(document), "ILL_FORMED", "{document}");
    }
}

#[test]
fn depth_64_is_read_and_65_is_refused() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(read(nested(64).as_bytes()).is_ok());
    assert_eq!(trouble(nested(65)), Trouble::TooLarge { setting: "xml.depth_max", limit: 64 });
    assert_eq!(code(nested(10_000)), "TOO_LARGE");
}

#[test]
fn structure_and_attachments_are_capped_apart_and_the_refusal_names_the_setting() {
    let document = |title: usize, content: usize| {
        format!(
            "<elmo><title>{}</title><attachment><content>data:application/pdf;base64,{}</content></attachment></elmo>",
            "t".repeat(title),
            "A".repeat(content)
        )
    };
    let ten = 10 * 1024 * 1024;
    let base64_of = |bytes: usize| bytes.div_ceil(3) * 4;
    assert!(read(document(2_000_000, base64_of(ten)).as_bytes()).is_ok());
    let over = |document: String| match trouble(document) {
        Trouble::TooLarge { setting, .. } => setting,
        other => panic!("{other}"),
    };
    assert_eq!(over(document(2_200_000, 4)), "xml.structure_bytes_max");
    assert_eq!(over(document(10, base64_of(ten + 1024))), ATTACHMENTS);
    assert_eq!(over(document(10, base64_of(3 * ten))), ATTACHMENTS);
    assert_eq!(over(document(30_000_000, 4)), "xml.structure_bytes_max");
}

#[test]
fn a_decompression_bomb_is_refused_without_being_unpacked() {
    let mut bomb = b"<elmo>".to_vec();
    bomb.resize(64 * 1024 * 1024, b' ');
    let bomb = gzip(&bomb);
    assert!(bomb.len() < 2 * 1024 * 1024);
    assert_eq!(
        trouble(&bomb),
        Trouble::TooLarge { setting: "xml.structure_bytes_max", limit: STRUCTURE_BYTES_MAX }
    );
    assert_eq!(code(base64(&bomb)), "TOO_LARGE");
}

#[test]
fn many_elements_attributes_and_namespaces_are_refused() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(code(format!("<a{attributes}/>")), "TOO_LARGE");
    let namespaces: String = (0..10_000).map(|n| format!(" xmlns:a{n}='n'")).collect();
    assert_eq!(code(format!("<a{namespaces}/>")), "TOO_LARGE");
    assert_eq!(code(format!("<a>{}</a>", "<b/>".repeat(100_001))), "TOO_LARGE");
    assert_eq!(code(format!("<a b='{}'/>", "x".repeat(3 * 1024 * 1024))), "TOO_LARGE");
}

#[test]
fn characters_that_xml_cannot_carry_are_refused_wherever_they_stand() {
    for document in [
        "<a>\u{0}</a>",
        "<a>\u{b}</a>",
        "<a b='\u{1b}'/>",
        "<a><!-- \u{8} --></a>",
        "<a><![CDATA[\u{1}]]></a>",
        "<a>\u{fffe}</a>",
        "<a>&#0;</a>",
        "<a>&#x1F;</a>",
        "<a b='&#8;'/>",
        "<a>&#xD800;</a>",
        "<a>&#xFFFF;</a>",
        "<a>&#99999999999;</a>",
    ] {
        assert_eq!(code(document), "CHARACTER", "{document:?}");
    }
    assert!(carriable("a\tb\r\n\u{85}\u{fffd}\u{10ffff}"));
    assert_eq!(first_uncarriable("ab\u{0}"), Some((2, '\0')));
    assert_eq!(first_uncarriable("ä\u{ffff}"), Some((2, '\u{ffff}')));
}

#[test]
fn what_is_not_well_formed_is_refused_with_line_and_column() {
    for document in [
        "<a>",
        "<a></b>",
        "</a>",
        "<a",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a b=1/>",
        "<a b/>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a><!-- --->",
        "< a/>",
        "<1/>",
        "<a:b/>",
        "<a b:c=''/>",
        "<:a/>",
        "<a xmlns:b=''/>",
        "<a xmlns:xml='x'/>",
        "<a xmlns:p='n' xmlns:q='n' p:x='' q:x=''/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<?xml?><a/>",
        "<?xml version='2.0'?><a/>",
        "<a><![CDATA[</a>",
        "<a><?p</a>",
        "<a><!X></a>",
        "<a/>&amp;",
        "<![CDATA[]]><a/>",
        "<?XML x?><a/>",
        "<a></a b='1'>",
        "<!-- nothing -->",
        "<a b='1",
    ] {
        let found = trouble(document);
        assert_eq!(found.code(), "ILL_FORMED", "{document}: {found}");
    }
    let found = trouble("<a>\n  <é></b>\n</a>");
    assert!(found.to_string().contains("line 2, column 6"), "{found}");
}

#[test]
fn text_split_by_comments_sections_and_references_is_one_text() {
    let (_, text) = read(b"<a>admin<!-- -->@<![CDATA[<x>]]>&#64;y<?p i?>!</a>").unwrap();
    assert_eq!(text, "admin@<x>@y!");
}
