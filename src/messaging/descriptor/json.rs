//! The descriptor as a public document: proto3 JSON of `SignedDescriptor`.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hei_proto::hei::messaging::v1::SignedDescriptor;
use hei_values::{Code, Refused};
use serde::{Deserialize, Serialize};

use crate::limits::DESCRIPTOR_BYTES_MAX;

/// Readers of proto3 JSON take base64 with or without padding.
const READ: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    descriptor: String,
    #[serde(alias = "key_id")]
    key_id: String,
    signature: String,
}

/// The document at `/.well-known/hei-node`.
pub fn to_json(signed: &SignedDescriptor) -> String {
    let document = Document {
        descriptor: STANDARD.encode(&signed.descriptor),
        key_id: signed.key_id.clone(),
        signature: STANDARD.encode(&signed.signature),
    };
    serde_json::to_string(&document).unwrap_or_default()
}

/// Reads such a document.
///
/// # Errors
/// INVALID_ARGUMENT/MALFORMED.
pub fn from_json(text: &[u8]) -> Result<SignedDescriptor, Refused> {
    if text.len() > DESCRIPTOR_BYTES_MAX {
        return Err(malformed(&format!("it has more than {DESCRIPTOR_BYTES_MAX} bytes")));
    }
    let document: Document = serde_json::from_slice(text).map_err(|e| malformed(&e))?;
    Ok(SignedDescriptor {
        descriptor: bytes(&document.descriptor)?.into(),
        key_id: document.key_id,
        signature: bytes(&document.signature)?.into(),
    })
}

/// Standard or URL-safe, as proto3 JSON says.
fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    let standard = text.replace('-', "+").replace('_', "/");
    READ.decode(standard).map_err(|e| malformed(&e))
}

fn malformed(why: &dyn std::fmt::Display) -> Refused {
    let told = format!("this is no document of /.well-known/hei-node: {why}");
    Refused::new(Code::InvalidArgument, "MALFORMED", told)
}
