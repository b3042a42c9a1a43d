//! What is recognised by content, and what is said about the rest.

use super::*;

const DOCUMENT: &str = "<?xml version=\"1.0\"?><elmo>Łódź >>>???</elmo>";

fn reads(bytes: impl AsRef<[u8]>) {
    let (name, text) = read(bytes.as_ref()).unwrap();
    assert_eq!((name.as_str(), text.as_str()), ("elmo", "Łódź >>>???"));
}

fn wrapped(text: &str, width: usize, end: &str) -> String {
    let lines: Vec<&str> =
        (0..text.len()).step_by(width).map(|at| &text[at..text.len().min(at + width)]).collect();
    lines.join(end)
}

#[test]
fn gzip_and_base64_of_gzip_or_xml_are_recognised_by_content() {
    let zipped = gzip(DOCUMENT.as_bytes());
    reads(&zipped);
    for inner in [DOCUMENT.as_bytes(), &zipped] {
        let text = base64(inner);
        reads(&text);
        reads(wrapped(&text, 76, "\r\n"));
        reads(wrapped(&text, 64, "\n") + "\n");
        reads(format!("\u{feff}{text}"));
        reads(text.trim_end_matches('='));
        let escaped = text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        reads(format!("sessionId=s&returnCode=EMP_OK&elmo={escaped}"));
        reads(format!("elmo={escaped}&returnMessage=a+b"));
    }
}

#[test]
fn a_plus_that_became_a_space_is_refused_with_that_hint() {
    // Enough text that its base64 has a '+'.
    let text = base64(&gzip(
        format!("<elmo>{DOCUMENT:?}{:?}</elmo>", (0..200).collect::<Vec<_>>()).as_bytes(),
    ));
    assert!(text.contains('+'));
    for damaged in [
        text.replace('+', " "),
        wrapped(&text.replace('+', " "), 76, "\r\n"),
        format!("returnCode=EMP_OK&elmo={text}"),
    ] {
        let found = trouble(damaged);
        assert_eq!(found.code(), "WRAPPING");
        assert!(found.to_string().contains("'+'"), "{found}");
    }
}

#[test]
fn damaged_wrappings_are_refused_and_never_half_read() {
    let zipped = gzip(DOCUMENT.as_bytes());
    let mut flipped = zipped.clone();
    let checksum = flipped.len() - 6;
    flipped[checksum] ^= 1;
    for damaged in
        [zipped[..zipped.len() - 9].to_vec(), flipped, [zipped.as_slice(), b"tail"].concat()]
    {
        assert_eq!(code(&damaged), "WRAPPING");
        assert_eq!(code(base64(&damaged)), "WRAPPING");
    }
    let text = base64(DOCUMENT.as_bytes());
    assert_eq!(code(format!("{text}!")), "WRAPPING");
    assert_eq!(code(format!("{text}%3D")), "WRAPPING");
    assert_eq!(code(format!("a=b&elmo={text}%")), "WRAPPING");
    assert_eq!(code(&text[..36]), "ILL_FORMED");
}

#[test]
fn what_is_none_of_these_is_named_for_what_it_looks_like() {
    for (bytes, word) in [
        (b"PK\x03\x04".as_slice(), "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
        (b"Dear colleague", "none of those"),
        (b"{\"elmo\":1}", "none of those"),
        (b"\x4c\x6f\xa7\x94", "none of those"),
        (b"AAAAAAAA", "none of those"),
    ] {
        let found = trouble(bytes);
        assert_eq!(found.code(), "UNRECOGNISED", "{found}");
        assert!(found.to_string().contains(word), "{found}");
    }
    assert_eq!(code(gzip(b"no markup")), "UNRECOGNISED");
    assert_eq!(code(gzip(&gzip(DOCUMENT.as_bytes()))), "UNRECOGNISED");
}
