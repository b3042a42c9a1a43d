//! Table `inbox`: what was taken within the memory of 90 days.

use sea_orm::entity::prelude::*;

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    /// The institution that took it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// From whom: the peer of the TLS channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub peer: String,
    /// The message's identifier, a UUIDv7 of the sender.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// The header as it was signed: what proves that the sender sent it.
    pub header: Vec<u8>,
    /// The sender's signature over it.
    pub signature: Vec<u8>,
    /// SHA-256 of the header bytes.
    pub header_sha256: Vec<u8>,
    /// The kind.
    pub kind: String,
    /// When.
    pub receive_ms: i64,
    /// The answer's bytes, sealed with the subject's key if there is one.
    pub answer: Vec<u8>,
    /// The person that the answer is about.
    pub subject_id: Option<Uuid>,
    /// The receipt as it was signed.
    pub receipt: Vec<u8>,
    /// Its signature.
    pub receipt_signature: Vec<u8>,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
