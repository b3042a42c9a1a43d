//! hei-xml: recognises by content what was sent and unwraps it to text. The
//! caps hold before and after each unwrapping.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::limits::Limits;
use crate::trouble::Trouble;
use crate::{base64, encoding, form};

/// The decoded text of a document, without byte order mark.
#[derive(Debug)]
pub struct Text<'a> {
    pub(crate) content: Cow<'a, str>,
    /// The document went on beyond the total cap and was cut there. Parsing it
    /// tells which of the caps it breaks; it is refused in any case.
    pub(crate) cut: bool,
}

impl Text<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }
}

/// Bytes of which only the first `limit` were taken.
pub(crate) struct Taken<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub cut: bool,
}

/// How a document was wrapped for its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// It is markup as it stands.
    None,
    Gzip,
    /// Text that stands for markup, or for gzip of it.
    Base64,
    /// The field of a form that carries such text.
    Form,
}

/// How these bytes are wrapped, if they are of any form that [`open`] unwraps.
#[must_use]
pub fn wrapping(bytes: &[u8]) -> Option<Wrapping> {
    match Kind::of(bytes) {
        Kind::Xml => Some(Wrapping::None),
        Kind::Gzip => Some(Wrapping::Gzip),
        Kind::Base64 => Some(Wrapping::Base64),
        Kind::Form => Some(Wrapping::Form),
        Kind::Other(_) => None,
    }
}

enum Kind {
    Xml,
    Gzip,
    Base64,
    Form,
    Other(&'static str),
}

/// Unwraps XML, gzip of XML, base64 of either, or the form field that carries
/// such base64, down to text.
///
/// # Errors
/// Any [`Trouble`] but those of ill-formed XML.
pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Text<'a>, Trouble> {
    refuse_oversize(bytes, limits)?;
    match Kind::of(bytes) {
        Kind::Xml => encoding::decode(take(bytes, limits), limits),
        Kind::Gzip => gunzip(bytes, limits),
        Kind::Base64 => unwrap_base64(bytes, limits),
        Kind::Form => unwrap_base64(&form::field(bytes, "elmo")?, limits),
        Kind::Other(what) => Err(Trouble::Unrecognised { what: what.into() }),
    }
}

/// No accepted form needs more than twice its text: UTF-16 of ASCII is the
/// widest, base64 in lines of 64 comes next.
fn refuse_oversize(bytes: &[u8], limits: &Limits) -> Result<(), Trouble> {
    if bytes.len() as u64 > limits.total_bytes().saturating_mul(2) {
        return Err(Trouble::TooLarge {
            setting: limits.attachments.setting,
            limit: limits.attachments.bytes,
        });
    }
    Ok(())
}

fn take<'a>(bytes: &'a [u8], limits: &Limits) -> Taken<'a> {
    // UTF-16 has two bytes a letter: its cap is held while decoding.
    let wide = bytes.iter().take(4).any(|byte| *byte == 0 || *byte >= 0xFE);
    let limit = usize::try_from(limits.total_bytes()).unwrap_or(usize::MAX);
    match bytes.get(..limit.saturating_add(1)) {
        Some(head) if !wide => Taken { bytes: Cow::Borrowed(head), cut: true },
        _ => Taken { bytes: Cow::Borrowed(bytes), cut: false },
    }
}

fn unwrap_base64(text: &[u8], limits: &Limits) -> Result<Text<'static>, Trouble> {
    let bytes = base64::decode(text)?;
    match Kind::of(&bytes) {
        Kind::Gzip => gunzip(&bytes, limits),
        Kind::Xml => {
            let cut = take(&bytes, limits);
            let (kept, cut) = (cut.bytes.len(), cut.cut);
            let mut bytes = bytes;
            bytes.truncate(kept);
            let taken = Taken { bytes: Cow::Owned(bytes), cut };
            encoding::decode(taken, limits)
        }
        _ => Err(Trouble::Unrecognised { what: "it is base64 of something else".into() }),
    }
}

fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Text<'static>, Trouble> {
    // Twice: what is inside may be UTF-16, whose own cap is held while decoding.
    let limit = limits.total_bytes().saturating_mul(2);
    let mut plain = Vec::with_capacity(promised_size(bytes, limit));
    MultiGzDecoder::new(bytes).take(limit.saturating_add(1)).read_to_end(&mut plain).map_err(
        |error| Trouble::Wrapping {
            what: format!("gzip cannot be decompressed ({error}); send the file again"),
        },
    )?;
    if !matches!(Kind::of(&plain), Kind::Xml) {
        return Err(Trouble::Unrecognised { what: "it is gzip of something else".into() });
    }
    let cut = plain.len() as u64 > limit;
    let taken = Taken { bytes: Cow::Owned(plain), cut };
    encoding::decode(taken, limits)
}

/// The size that the trailer of a gzip member promises (RFC 1952 §2.3.1); used
/// only to reserve, never believed.
fn promised_size(bytes: &[u8], limit: u64) -> usize {
    let size = bytes.last_chunk::<4>().map_or(0, |tail| u64::from(u32::from_le_bytes(*tail)));
    usize::try_from(size.min(limit)).unwrap_or(0)
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1F, 0x8B, ..] => return Self::Gzip,
            [b'P', b'K', 3 | 5, ..] => {
                return Self::Other("it is a ZIP archive; send what is in it");
            }
            [b'%', b'P', b'D', b'F', ..] => {
                return Self::Other("it is a PDF; the record itself is needed");
            }
            [] => return Self::Other("it is empty"),
            _ => {}
        }
        if encoding::looks_like_markup(bytes) {
            Self::Xml
        } else if form::has_field(bytes, "elmo") {
            Self::Form
        } else if base64::looks_like_base64(bytes) {
            Self::Base64
        } else {
            Self::Other("its first bytes are none of those")
        }
    }
}
