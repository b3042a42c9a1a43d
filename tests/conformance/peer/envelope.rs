//! Envelopes as a partner makes them (hei.messaging.v1).

use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use prost::Message as _;

use super::keys::{Keys, Use, sha256};
use crate::clock;

/// What an envelope says otherwise than an honest one.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Another sender.
    pub sender: Option<String>,
    /// Made at another time, in milliseconds from now.
    pub made_ms_from_now: i64,
    /// Bytes of fields that nobody knows, behind the header's own.
    pub unknown: Vec<u8>,
}

/// An envelope, signed by the message key.
pub fn make(
    keys: &Keys,
    sender: &str,
    audience: &str,
    payload: Vec<u8>,
    said: Said,
) -> DeliverRequest {
    let made = clock::now().saturating_add(said.made_ms_from_now);
    let header = EnvelopeHeader {
        kind: "hei.credentials.transcript".to_owned(),
        version: 1,
        message_id: clock::uuid7(made),
        sender: said.sender.unwrap_or_else(|| sender.to_owned()),
        audience: audience.to_owned(),
        create_time: Some(clock::timestamp(made)),
        payload_sha256: sha256(&payload).into(),
        key_id: keys.id(Use::Message),
        purpose: Some(CodedValue { scheme: "hei-purpose".to_owned(), code: "mobility".to_owned() }),
        legal_basis: "GDPR Art. 6(1)(e)".to_owned(),
        data_categories: vec!["identity".to_owned(), "achievements".to_owned()],
        agreement: String::new(),
        // A key of its own, so that no refused envelope leaves a gap behind it.
        order_key: format!("transcripts/{}", clock::uuid7(made)),
        order_seq: 1,
    };
    let header = [header.encode_to_vec(), said.unknown].concat();
    let signature = keys.sign(Use::Message, "hei-envelope-v1\n", &header);
    DeliverRequest {
        header: header.into(),
        payload: payload.into(),
        signature: signature.into(),
        send_time: None,
    }
}
