//! Two universities for tests: fixed keys, fixed times, fixed bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use hei_evidence::keys::Keyring;
use hei_proto::hei::common::v1::LocalizedText;
use hei_proto::hei::messaging::v1::{EnvelopeHeader, SignedDescriptor};
use hei_store::institution::Institution;
use hei_values::{HeiId, Id, Millis, Purpose, purpose};
use uuid::Uuid;

use crate::descriptor::{self, Described, Pinned};

/// 2026-03-29T00:59:59.123Z.
pub const NOW: Millis = Millis(1_774_745_999_123);

/// A university with its keys.
pub struct University {
    pub keys: Keyring,
    pub institution: Institution,
}

impl University {
    /// Keys by a seed: 1 is a.example, 11 is b.example.
    pub fn new(seed: u8, domain: &str) -> Self {
        let domain: HeiId = domain.parse().unwrap();
        let keys = Keyring::from_seed(seed).unwrap();
        let id = Uuid::from_bytes([seed; 16]);
        Self { keys, institution: Institution { id, domain } }
    }

    pub fn a() -> Self {
        Self::new(1, "a.example")
    }

    pub fn b() -> Self {
        Self::new(11, "b.example")
    }

    pub fn domain(&self) -> &HeiId {
        &self.institution.domain
    }

    pub fn described() -> Described {
        Described {
            titles: vec![LocalizedText { language: "en".into(), text: "A university".into() }],
            peer_address: "node.example:7442".into(),
            claims: vec!["uc6/receiver@1".into()],
            operations: vec!["/hei.messaging.v1.MessagingPeerService/Deliver".into()],
            kinds: vec!["hei.test.note/1".into()],
            standards: vec!["ELMO 2.1.1".into()],
            limits: vec![("message_bytes".into(), 1000)],
        }
    }

    pub fn descriptor(&self, version: i64) -> SignedDescriptor {
        descriptor::fixed(&self.institution, &self.keys, &Self::described(), version, NOW).unwrap()
    }

    pub fn pinned(&self) -> Pinned {
        let signed = self.descriptor(1);
        descriptor::first(&signed, &signed.key_id, NOW).unwrap()
    }
}

/// A header from a.example to b.example.
pub fn header() -> EnvelopeHeader {
    EnvelopeHeader {
        kind: "hei.test.note".into(),
        version: 1,
        message_id: Id::new(NOW, [7; 10]).to_string(),
        sender: "a.example".into(),
        audience: "b.example".into(),
        create_time: Some(NOW.to_timestamp()),
        purpose: Some(purpose::coded(Purpose::Recognition)),
        legal_basis: "GDPR Art. 6(1)(e)".into(),
        data_categories: vec!["identity".into(), "achievements".into()],
        order_key: "notes/1".into(),
        order_seq: 1,
        ..EnvelopeHeader::default()
    }
}

/// Compares bytes with a golden file; HEI_WRITE_VECTORS=1 writes it.
pub fn golden(name: &str, bytes: &[u8]) {
    let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let path = vectors.join(name);
    if std::env::var_os("HEI_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(kept == bytes, "{name} differs: the wire form changed");
}
