//! A message from beta, as beta itself would sign it.

use hei_evidence::keys::Keyring;
use hei_messaging::envelope;
use hei_proto::Kind as _;
use hei_proto::hei::credentials::v1::TranscriptSent;
use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use hei_values::{Id, Millis, Purpose, purpose};
use prost::Message as _;
use prost::bytes::Bytes;

use super::world::World;

/// A transcript on its way to alpha, with a change to header and payload before both are signed.
pub fn delivery(
    world: &World,
    change: impl FnOnce(&mut EnvelopeHeader, &mut Bytes),
) -> DeliverRequest {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Millis(i64::try_from(now.as_millis()).unwrap());
    let mut random = [0; 10];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    let sent = TranscriptSent {
        name: "transcripts/0198c0de-0000-7000-8000-000000000002".to_owned(),
        document: world.from_beta.clone().into(),
        media_type: "application/xml".to_owned(),
    };
    let mut payload: Bytes = sent.encode_to_vec().into();
    let mut header = EnvelopeHeader {
        kind: TranscriptSent::NAME.to_owned(),
        version: TranscriptSent::VERSION,
        message_id: Id::new(now, random).to_string(),
        sender: world.beta.domain.clone(),
        audience: world.alpha.domain.clone(),
        create_time: Some(now.to_timestamp()),
        purpose: Some(purpose::coded(Purpose::Recognition)),
        legal_basis: "GDPR Art. 6(1)(e)".to_owned(),
        data_categories: vec!["achievements".to_owned()],
        order_key: "transcripts/1".to_owned(),
        order_seq: 1,
        ..EnvelopeHeader::default()
    };
    change(&mut header, &mut payload);
    let keys = Keyring::open_or_create(&world.beta.folder.join("keys")).unwrap();
    let signed = envelope::sign(&keys, header, &payload).unwrap();
    DeliverRequest {
        header: signed.header.into(),
        payload,
        signature: signed.signature.into(),
        send_time: Some(now.to_timestamp()),
    }
}
