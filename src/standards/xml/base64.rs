//! hei-xml: base64 as people send it, in one line or wrapped as MIME does
//! (RFC 2045 §6.8), and the one damage that is common: a form decoder turned
//! every `+` into a space.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::trouble::Trouble;

/// Padding may be absent: what is inside (gzip's checksum, the root's end tag)
/// tells whether something is missing.
const LENIENT_PADDING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether it starts as base64 of gzip or of XML does.
pub(crate) fn looks_like_base64(bytes: &[u8]) -> bool {
    let head: Vec<u8> =
        trim(bytes).iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).take(8).collect();
    let Ok(plain) = LENIENT_PADDING.decode(head.get(..4).unwrap_or_default()) else {
        return false;
    };
    plain.starts_with(&[0x1F, 0x8B]) || crate::encoding::looks_like_markup(&plain)
}

/// Decodes all of it or refuses.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<u8>, Trouble> {
    let text = trim(bytes);
    if let Some(at) = text.iter().position(|byte| *byte == b' ') {
        return Err(damaged(format!(
            "base64 has a space at byte {at}: a '+' probably became a space when a form was decoded; percent-encode '+' as %2B and send it again"
        )));
    }
    if text.contains(&b'%') {
        return Err(damaged("base64 is still percent-encoded; decode the form field first".into()));
    }
    let decoded = if text.iter().any(u8::is_ascii_whitespace) {
        let joined: Vec<u8> =
            text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        LENIENT_PADDING.decode(joined)
    } else {
        LENIENT_PADDING.decode(text)
    };
    decoded.map_err(|error| damaged(format!("base64 cannot be decoded ({error}); send it again")))
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii()
}

fn damaged(what: String) -> Trouble {
    Trouble::Wrapping { what }
}
