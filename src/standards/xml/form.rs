//! hei-xml: the form post in which EMREX carries a document
//! (application/x-www-form-urlencoded).

use crate::trouble::Trouble;

/// Whether a field of that name stands in the form.
pub(crate) fn has_field(bytes: &[u8], name: &str) -> bool {
    raw_field(bytes, name).is_some()
}

/// The decoded value of a field. A bare `+` stands for a space, as forms have it.
pub(crate) fn field(bytes: &[u8], name: &str) -> Result<Vec<u8>, Trouble> {
    let raw = raw_field(bytes, name).unwrap_or_default();
    let mut value = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            b'+' => {
                value.push(b' ');
                tail
            }
            b'%' => {
                value.push(escaped(tail).ok_or_else(|| Trouble::Wrapping {
                    what: format!("the form field {name} has a '%' without two hexadecimal digits"),
                })?);
                tail.get(2..).unwrap_or_default()
            }
            other => {
                value.push(*other);
                tail
            }
        };
    }
    Ok(value)
}

fn raw_field<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    bytes
        .trim_ascii()
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

fn escaped(tail: &[u8]) -> Option<u8> {
    let digits = tail.get(..2)?;
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}
