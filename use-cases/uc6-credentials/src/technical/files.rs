//! What a record brings with it, as blobs of its learner: the document as it came, and
//! the contents of its attachments. The same diploma in the parts of several awarding
//! bodies is one blob.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use hei_proto::hei::credentials::v1::Transcript;
use hei_store::blobs::{self, New};
use hei_use_case::{Call, Failed, Table};
use hei_values::{Id, name};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;

use super::record::Document;
use crate::semantic::record;

/// What is said of a content that is no base64: it is kept as the text that it is.
const PLAIN: &str = "text/plain";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The files of one record.
pub struct Files {
    /// The record, which names the contents instead of holding them.
    pub body: Vec<u8>,
    /// The document's blob.
    pub document: Uuid,
    these: Vec<(New, Bytes)>,
}

impl Files {
    /// What is to be kept, without keeping it.
    pub fn of(call: &Call, subject: Uuid, document: &Document, transcript: &Transcript) -> Self {
        let institution = call.institution().id;
        let new =
            |bytes: &[u8], media_type: &str| New::of(institution, Some(subject), bytes, media_type);
        let media_type = document.read.wrapping.media_type();
        let whole = new(&document.bytes, media_type);
        let id = whole.id();
        let mut these = vec![(whole, document.bytes.clone())];
        let body = record::without_contents(transcript.clone(), |data_uri| {
            let (media_type, bytes) = file(data_uri);
            let content = new(&bytes, media_type);
            let blob = name::of(blobs::Entity::COLLECTION, Id(content.id()));
            these.push((content, bytes));
            blob
        });
        Self { body: body.encode_to_vec(), document: id, these }
    }

    /// Keeps those that are not there yet.
    ///
    /// # Errors
    /// SUBJECT_ERASED.
    pub async fn keep(&self, call: &Call) -> Result<(), Failed> {
        blobs::put(call.conn(), &self.these, call.now()).await
    }
}

/// A content as whoever opens it wants it: media type and bytes.
fn file(data_uri: &str) -> (&str, Bytes) {
    let decoded = record::base64_of(data_uri).and_then(|(media_type, base64)| {
        let base64: Vec<u8> = base64.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        Some((media_type, BASE64.decode(base64).ok()?.into()))
    });
    decoded.unwrap_or_else(|| (PLAIN, Bytes::copy_from_slice(data_uri.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_in_base64_is_its_bytes_and_any_other_its_text() {
        let of = |uri: &'static str| file(uri);
        let bytes = Bytes::from_static(b"%PDF-1.7");
        assert_eq!(
            of("data:application/pdf;base64,JVBERi0xLjc="),
            ("application/pdf", bytes.clone())
        );
        assert_eq!(of(" data:application/pdf;base64,JVBE\n Ri0xLjc"), ("application/pdf", bytes));
        for text in ["data:,a", "data:text/plain;base64,%%%", "https://example.org/a.pdf", ""] {
            assert_eq!(of(text), (PLAIN, Bytes::from_static(text.as_bytes())));
        }
    }
}
