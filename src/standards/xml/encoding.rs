//! hei-xml: from bytes to text (XML 1.0 appendix F). A document whose bytes
//! contradict what it declares is refused, never guessed at.

use std::borrow::Cow;

use encoding_rs::{
    DecoderResult, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED,
};

use crate::container::{Taken, Text};
use crate::limits::Limits;
use crate::tag;
use crate::trouble::Trouble;

/// How far an XML declaration may reach.
const DECLARATION_BYTES: usize = 512;

/// A piece of text at a time, so that the cap is held while decoding.
const PIECE_BYTES: usize = 64 * 1024;

struct Found {
    encoding: &'static Encoding,
    mark_bytes: usize,
    declared: Option<String>,
}

/// Whether the first bytes are those of XML in any encoding that is read.
pub(crate) fn looks_like_markup(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..] => true,
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest.trim_ascii_start().starts_with(b"<"),
        _ => bytes.trim_ascii_start().starts_with(b"<"),
    }
}

/// Decodes, and refuses what is not in the encoding that it claims.
pub(crate) fn decode<'a>(taken: Taken<'a>, limits: &Limits) -> Result<Text<'a>, Trouble> {
    let found = detect(&taken.bytes)?;
    if found.encoding == UTF_8 {
        return utf8(taken, found.mark_bytes, limits);
    }
    refuse_c1(&taken.bytes, &found)?;
    refuse_hidden_utf8(&taken, &found)?;
    foreign(&taken, &found, limits)
}

fn detect(bytes: &[u8]) -> Result<Found, Trouble> {
    let (by_bytes, mark_bytes) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            return Err(lies("it is UTF-32; send UTF-8".into()));
        }
        [0xEF, 0xBB, 0xBF, ..] => (Some(UTF_8), 3),
        [0xFF, 0xFE, ..] => (Some(UTF_16LE), 2),
        [0xFE, 0xFF, ..] => (Some(UTF_16BE), 2),
        [b'<', 0, ..] => (Some(UTF_16LE), 0),
        [0, b'<', ..] => (Some(UTF_16BE), 0),
        _ => (None, 0),
    };
    let declared = declared_label(bytes, by_bytes, mark_bytes);
    let by_label = declared.as_deref().map(known).transpose()?;
    let encoding = match (by_bytes, by_label) {
        (None, None) => UTF_8,
        (None, Some(label)) if is_wide(label) => {
            return Err(lies(
                "it declares UTF-16, but its bytes are not UTF-16; declare what it is".into(),
            ));
        }
        (None, Some(label)) => label,
        (Some(bytes), None) => bytes,
        (Some(bytes), Some(label)) if agree(bytes, label, declared.as_deref()) => bytes,
        (Some(bytes), Some(label)) => {
            return Err(lies(format!(
                "it declares {} and starts as {} does; declare what it is",
                label.name(),
                bytes.name()
            )));
        }
    };
    Ok(Found { encoding, mark_bytes, declared })
}

fn agree(bytes: &'static Encoding, label: &'static Encoding, declared: Option<&str>) -> bool {
    let either_order = declared.is_some_and(|name| name.eq_ignore_ascii_case("utf-16"));
    bytes == label || (is_wide(bytes) && is_wide(label) && either_order)
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

fn known(label: &str) -> Result<&'static Encoding, Trouble> {
    Encoding::for_label(label.as_bytes())
        .filter(|found| *found != REPLACEMENT && *found != X_USER_DEFINED)
        .ok_or_else(|| lies(format!("it declares {label:?}, which is not read; send UTF-8")))
}

/// The label in the XML declaration, if there is one.
fn declared_label(
    bytes: &[u8],
    by_bytes: Option<&'static Encoding>,
    mark_bytes: usize,
) -> Option<String> {
    let end = bytes.len().min(mark_bytes + DECLARATION_BYTES);
    let head = bytes.get(mark_bytes..end)?;
    let (head, _) = by_bytes.unwrap_or(encoding_rs::WINDOWS_1252).decode_without_bom_handling(head);
    let inside = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let attributes = tag::attributes(inside).ok()?;
    attributes
        .into_iter()
        .find(|attribute| attribute.name == "encoding")
        .map(|attribute| attribute.value.into_owned())
}

fn utf8<'a>(taken: Taken<'a>, mark_bytes: usize, limits: &Limits) -> Result<Text<'a>, Trouble> {
    let Taken { bytes, mut cut } = taken;
    let limit = usize::try_from(limits.total_bytes()).unwrap_or(usize::MAX);
    cut |= bytes.len() > limit;
    let content = match bytes {
        Cow::Borrowed(bytes) => {
            let bytes = bytes.get(mark_bytes..).unwrap_or_default();
            let end = whole_utf8(bytes, cut, limit)?;
            let text = std::str::from_utf8(bytes.get(..end).unwrap_or_default());
            Cow::Borrowed(text.map_err(|error| not_utf8(error.valid_up_to()))?)
        }
        Cow::Owned(mut bytes) => {
            bytes.drain(..mark_bytes);
            let end = whole_utf8(&bytes, cut, limit)?;
            bytes.truncate(end);
            let text = String::from_utf8(bytes);
            Cow::Owned(text.map_err(|error| not_utf8(error.utf8_error().valid_up_to()))?)
        }
    };
    Ok(Text { content, cut })
}

/// Where to stop so that a cut does not fall into a character.
fn whole_utf8(bytes: &[u8], cut: bool, limit: usize) -> Result<usize, Trouble> {
    if !cut {
        return Ok(bytes.len());
    }
    let head = bytes.get(..limit.saturating_add(1)).unwrap_or(bytes);
    match std::str::from_utf8(head) {
        Ok(_) => Ok(head.len()),
        Err(error) if error.error_len().is_none() => Ok(error.valid_up_to()),
        Err(error) => Err(not_utf8(error.valid_up_to())),
    }
}

fn foreign(taken: &Taken<'_>, found: &Found, limits: &Limits) -> Result<Text<'static>, Trouble> {
    let source = taken.bytes.get(found.mark_bytes..).unwrap_or_default();
    let limit = usize::try_from(limits.total_bytes()).unwrap_or(usize::MAX);
    let mut decoder = found.encoding.new_decoder_without_bom_handling();
    let mut text =
        String::with_capacity(source.len() / if is_wide(found.encoding) { 2 } else { 1 });
    let mut pieces = source.chunks(PIECE_BYTES).peekable();
    let mut cut = taken.cut;
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or(0));
        let (outcome, _) = decoder.decode_to_string_without_replacement(piece, &mut text, last);
        match outcome {
            DecoderResult::InputEmpty => {}
            _ if last && cut => {}
            _ => {
                return Err(lies(format!(
                    "it says {}, but has bytes that are none of that; declare what it is",
                    found.encoding.name()
                )));
            }
        }
        if text.len() > limit {
            cut = true;
            break;
        }
    }
    Ok(Text { content: Cow::Owned(text), cut })
}

/// encoding_rs follows the WHATWG, for which ISO-8859-1 and US-ASCII are names
/// of windows-1252. Bytes that differ between them are a lie about the encoding.
fn refuse_c1(bytes: &[u8], found: &Found) -> Result<(), Trouble> {
    let Some(label) = found.declared.as_deref() else {
        return Ok(());
    };
    let label = label.trim().to_ascii_lowercase();
    let foreign: fn(&u8) -> bool = if label.contains("ascii") || label.contains("ansi_x3.4") {
        |byte| *byte >= 0x80
    } else if label.contains("8859") || label.starts_with("latin") || label == "l1" {
        |byte| (0x80..0xA0).contains(byte)
    } else {
        return Ok(());
    };
    match bytes.iter().find(|byte| foreign(byte)) {
        None => Ok(()),
        Some(byte) => Err(lies(format!(
            "it declares {label}, but has the byte 0x{byte:02X}, which is no letter there; it is probably windows-1252 or UTF-8, declare what it is"
        ))),
    }
}

/// Text in a one-byte encoding that happens to be UTF-8 throughout is UTF-8
/// under a wrong name: its letters would come out as two each.
fn refuse_hidden_utf8(taken: &Taken<'_>, found: &Found) -> Result<(), Trouble> {
    if found.encoding.is_single_byte()
        && !taken.cut
        && !taken.bytes.is_ascii()
        && std::str::from_utf8(&taken.bytes).is_ok()
    {
        return Err(lies(format!(
            "it declares {}, but its bytes are UTF-8; declare what it is",
            found.encoding.name()
        )));
    }
    Ok(())
}

fn not_utf8(at: usize) -> Trouble {
    lies(format!(
        "it says UTF-8, but byte {at} is not UTF-8; it is probably ISO-8859-1 or windows-1252, declare what it is"
    ))
}

fn lies(what: String) -> Trouble {
    Trouble::Encoding { what }
}
