//! Encodings that are read, and files that lie about theirs.

use super::*;

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
    marked
        .encode_utf16()
        .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect()
}

fn text_of(bytes: &[u8]) -> String {
    read(bytes).unwrap().1
}

#[test]
fn byte_order_marks_and_utf_16_are_read() {
    assert_eq!(text_of("\u{feff}<a>Łódź 中</a>".as_bytes()), "Łódź 中");
    for declared in
        ["", "<?xml version='1.0' encoding='UTF-16'?>", "<?xml version='1.0' encoding='utf-16'?>"]
    {
        for (little, mark) in [(true, true), (false, true), (true, false), (false, false)] {
            let document = utf16(&format!("{declared}<a>Łódź 中 𝄞</a>"), little, mark);
            assert_eq!(text_of(&document), "Łódź 中 𝄞", "{declared} {little} {mark}");
            assert_eq!(text_of(&gzip(&document)), "Łódź 中 𝄞");
            assert_eq!(text_of(base64(&document).as_bytes()), "Łódź 中 𝄞");
        }
    }
}

#[test]
fn declared_encodings_are_read() {
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>J\xE4rvi</a>";
    assert_eq!(text_of(latin), "Järvi");
    let windows = b"<?xml version=\"1.0\" encoding=\"windows-1250\"?><a>\x8Elu\x9D</a>";
    assert_eq!(text_of(windows), "Žluť");
    let greek = b"<?xml version='1.0' encoding='ISO-8859-7' standalone='yes'?><a>\xC1\xE8</a>";
    assert_eq!(text_of(greek), "Αθ");
    assert_eq!(text_of("<?xml version='1.0' encoding='utf8'?><a>é</a>".as_bytes()), "é");
}

#[test]
fn a_file_that_lies_about_its_encoding_is_refused_with_that_word() {
    let lies: [(&str, Vec<u8>); 11] = [
        ("latin in utf-8", b"<?xml version='1.0' encoding='UTF-8'?><a>J\xE4</a>".to_vec()),
        ("latin undeclared", b"<a>J\xE4</a>".to_vec()),
        ("latin behind a mark", b"\xEF\xBB\xBF<a>J\xE4</a>".to_vec()),
        ("utf-8 as utf-16", b"<?xml version='1.0' encoding='utf-16'?><a/>".to_vec()),
        ("utf-8 as latin", "<?xml version='1.0' encoding='ISO-8859-1'?><a>ä</a>".into()),
        ("mark against label", "\u{feff}<?xml version='1.0' encoding='windows-1252'?><a/>".into()),
        ("utf-16 as utf-8", utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", true, true)),
        ("wrong order", utf16("<?xml version='1.0' encoding='UTF-16BE'?><a/>", true, true)),
        (
            "windows as latin",
            b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\x93x\x94</a>".to_vec(),
        ),
        ("beyond ascii", b"<?xml version='1.0' encoding='US-ASCII'?><a>\xE4</a>".to_vec()),
        ("unknown", b"<?xml version='1.0' encoding='UTF-7'?><a>+AOQ-</a>".to_vec()),
    ];
    for (name, bytes) in lies {
        let found = trouble(&bytes);
        assert_eq!(found.code(), "ENCODING", "{name}: {found}");
        assert!(found.to_string().contains("encoding"));
    }
    assert_eq!(code(b"\xFF\xFE\x00\x00<\x00\x00\x00"), "ENCODING");
    assert_eq!(code(utf16("<a>x</a>", true, true).split_last().unwrap().1), "ENCODING");
    assert_eq!(code(b"\xFF\xFE<\x00a\x00>\x00\x00\xD8<\x00/\x00a\x00>\x00"), "ENCODING");
}
