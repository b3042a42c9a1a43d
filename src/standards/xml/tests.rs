//! hei-xml: what the reader takes and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;

use crate::*;

mod attacks;
mod containers;
mod encodings;
mod names;

const ATTACHMENTS: &str = "import.attachment_bytes_max";

fn limits() -> Limits {
    let cap = Cap { setting: ATTACHMENTS, bytes: ATTACHMENT_BYTES_MAX };
    Limits::new(cap, &[("attachment", "content")])
}

/// The root's name and its text, or the trouble.
fn read(bytes: &[u8]) -> Result<(String, String), Trouble> {
    let text = open(bytes, &limits())?;
    let document = parse(&text, &limits())?;
    let root = document.root().unwrap();
    Ok((root.name().to_owned(), root.text().to_owned()))
}

fn trouble(bytes: impl AsRef<[u8]>) -> Trouble {
    read(bytes.as_ref()).unwrap_err()
}

fn code(bytes: impl AsRef<[u8]>) -> &'static str {
    trouble(bytes).code()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}
