//! The evidence log's entries: what happened, as bytes that can be hashed again by
//! anybody. They stand in the transaction of what they say. Their sealing into a
//! verifiable log comes later and reads this table.

pub mod table;

use hei_proto::hei::messaging::v1::EvidenceLeaf;
pub use hei_proto::hei::messaging::v1::Happened;
use hei_store::{Conn, Failed};
use hei_values::{Id, Millis, Note};
use prost::Message as _;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use uuid::Uuid;

use crate::keys::sha256;

/// What is hashed before a leaf (RFC 6962 §2.1).
const LEAF_PREFIX: u8 = 0;

/// What happened. Texts are names of the node's own, never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What.
    pub happened: Happened,
    /// When.
    pub at: Millis,
    /// The message that it was about.
    pub message_id: String,
    /// The institution at the other end.
    pub peer: String,
    /// The kind of the message, as "hei.credentials.transcript/1".
    pub kind: String,
    /// SHA-256 of the message's header bytes.
    pub header_sha256: Option<[u8; 32]>,
    /// SHA-256 of the answer's bytes.
    pub answer_sha256: Option<[u8; 32]>,
    /// SHA-256 of the receipt's bytes.
    pub receipt_sha256: Option<[u8; 32]>,
    /// Why it was refused or given up.
    pub reason: String,
    /// What changed or was disclosed.
    pub resource: String,
    /// The process.
    pub machine: String,
    /// The step.
    pub step: String,
    /// The state before.
    pub from_state: String,
    /// The state after.
    pub to_state: String,
    /// Who did it.
    pub actor: String,
    /// Why personal data was disclosed.
    pub purpose: String,
    /// On which legal basis.
    pub legal_basis: String,
}

impl Entry {
    /// An entry that says only what happened and when.
    pub fn new(happened: Happened, at: Millis) -> Self {
        Self {
            happened,
            at,
            message_id: String::new(),
            peer: String::new(),
            kind: String::new(),
            header_sha256: None,
            answer_sha256: None,
            receipt_sha256: None,
            reason: String::new(),
            resource: String::new(),
            machine: String::new(),
            step: String::new(),
            from_state: String::new(),
            to_state: String::new(),
            actor: String::new(),
            purpose: String::new(),
            legal_basis: String::new(),
        }
    }

    /// A state change of a thing.
    pub fn changed(what: &Note, actor: &str, at: Millis) -> Self {
        Self {
            resource: what.resource.clone(),
            machine: what.machine.to_owned(),
            step: what.step.to_owned(),
            from_state: what.from.to_owned(),
            to_state: what.to.to_owned(),
            actor: actor.to_owned(),
            ..Self::new(Happened::Changed, at)
        }
    }
}

/// The bytes of an entry. They read back to the same entry and write again to the
/// same bytes: the fields of `EvidenceLeaf` in the order of their numbers.
pub fn leaf(id: Id, entry: &Entry) -> Vec<u8> {
    let bytes = |digest: &Option<[u8; 32]>| digest.map(|d| d.to_vec()).unwrap_or_default().into();
    EvidenceLeaf {
        entry_id: id.to_string(),
        happened: entry.happened.into(),
        happen_time: Some(entry.at.to_timestamp()),
        message_id: entry.message_id.clone(),
        peer: entry.peer.clone(),
        kind: entry.kind.clone(),
        header_sha256: bytes(&entry.header_sha256),
        answer_sha256: bytes(&entry.answer_sha256),
        receipt_sha256: bytes(&entry.receipt_sha256),
        reason: entry.reason.clone(),
        resource: entry.resource.clone(),
        machine: entry.machine.clone(),
        step: entry.step.clone(),
        from_state: entry.from_state.clone(),
        to_state: entry.to_state.clone(),
        actor: entry.actor.clone(),
        purpose: entry.purpose.clone(),
        legal_basis: entry.legal_basis.clone(),
    }
    .encode_to_vec()
}

/// The hash of a leaf (RFC 6962 §2.1).
pub fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
    sha256(&[&[LEAF_PREFIX], leaf].concat())
}

/// Whether bytes are a leaf in its one spelling.
pub fn is_canonical(leaf: &[u8]) -> bool {
    EvidenceLeaf::decode(leaf).is_ok_and(|read| read.encode_to_vec() == leaf)
}

/// The name of an event, as the table has it: "received".
pub fn event(happened: Happened) -> String {
    happened.as_str_name().trim_start_matches("HAPPENED_").to_ascii_lowercase()
}

/// Adds an entry to the log, in the caller's transaction; gives its leaf hash.
///
/// # Errors
/// What the database says.
pub async fn append(
    conn: &Conn,
    institution: Uuid,
    id: Id,
    entry: &Entry,
) -> Result<[u8; 32], Failed> {
    let leaf = leaf(id, entry);
    let hash = leaf_hash(&leaf);
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let row = table::ActiveModel {
        institution_id: Set(institution),
        id: Set(id.0),
        happened: Set(event(entry.happened)),
        at_ms: Set(entry.at.0),
        message_id: Set(some(&entry.message_id)),
        peer: Set(some(&entry.peer)),
        leaf: Set(leaf),
        leaf_hash: Set(hash.to_vec()),
    };
    table::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(hash)
}

#[cfg(test)]
mod tests;
