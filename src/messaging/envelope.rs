//! Envelopes: header bytes, payload bytes, and an Ed25519 signature over the header,
//! which holds the payload's digest. Pure. The bytes that were signed are the bytes
//! that are stored and sent; nothing is ever encoded again.

use hei_evidence::keys::{self, ENVELOPE_DOMAIN, KeyUse, Keyring, sha256};
use hei_proto::hei::messaging::v1::{self, EnvelopeHeader};
use hei_values::{Code, Millis, Refused};
use prost::Message as _;

use crate::descriptor::Pinned;
use crate::limits::HEADER_BYTES_MAX;

/// A header that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The bytes of the header.
    pub header: Vec<u8>,
    /// The signature over them.
    pub signature: Vec<u8>,
}

/// Puts the payload's digest and the key's name into a header, and signs it.
///
/// # Errors
/// Those of the keys.
pub fn sign(keys: &Keyring, mut header: EnvelopeHeader, payload: &[u8]) -> Result<Signed, Refused> {
    header.payload_sha256 = sha256(payload).to_vec().into();
    header.key_id = keys.key_id(KeyUse::Message).to_owned();
    let header = header.encode_to_vec();
    let signature = keys.sign(KeyUse::Message, ENVELOPE_DOMAIN, &header)?;
    Ok(Signed { header, signature })
}

/// Reads a header.
///
/// # Errors
/// INVALID_ARGUMENT/MALFORMED.
pub fn read(header: &[u8]) -> Result<EnvelopeHeader, Refused> {
    if header.len() > HEADER_BYTES_MAX {
        return Err(malformed(&format!("a header has at most {HEADER_BYTES_MAX} bytes")));
    }
    EnvelopeHeader::decode(header).map_err(|e| malformed(&format!("the header: {e}")))
}

/// Checks that a key of the peer signed these header bytes, and that the payload is
/// the one that the header means. A changed byte anywhere is a wrong signature.
///
/// # Errors
/// UNAUTHENTICATED/SIGNATURE_INVALID.
pub fn verify(
    bytes: &[u8],
    header: &EnvelopeHeader,
    payload: &[u8],
    signature: &[u8],
    peer: &Pinned,
    now: Millis,
) -> Result<(), Refused> {
    let key = peer.key(v1::KeyUse::Message, &header.key_id, now).ok_or_else(|| {
        invalid(&format!("{:?} is no message key of {} now", header.key_id, peer.institution))
    })?;
    if !keys::verify(key, ENVELOPE_DOMAIN, bytes, signature) {
        return Err(invalid("the signature does not fit the header"));
    }
    match header.payload_sha256.as_ref() == sha256(payload) {
        true => Ok(()),
        false => Err(invalid("the payload is not the one whose digest the header holds")),
    }
}

fn malformed(told: &str) -> Refused {
    Refused::new(Code::InvalidArgument, "MALFORMED", told)
}

fn invalid(told: &str) -> Refused {
    Refused::new(Code::Unauthenticated, "SIGNATURE_INVALID", told)
}

#[cfg(test)]
mod tests;
