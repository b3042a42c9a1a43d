//! Table `outbox`: one row each message.

use sea_orm::entity::prelude::*;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// The institution that sends.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// The message's identifier, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For whom.
    pub peer: String,
    /// The kind.
    pub kind: String,
    /// Its version; 0 until it is known which one the receiver takes.
    pub kind_version: i32,
    /// Messages of one key go in order.
    pub order_key: String,
    /// The place in that order.
    pub order_seq: i64,
    /// "queued", "held", "delivered" or "dead".
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was made.
    pub create_ms: i64,
    /// Not before this, for a reason of its own; the peer's state may delay it further.
    pub next_attempt_ms: i64,
    /// Since when attempts fail: its age as a dead letter counts from here.
    pub failing_ms: Option<i64>,
    /// When the receipt came.
    pub deliver_ms: Option<i64>,
    /// The reason of the last failure.
    pub last_reason: String,
    /// The same for people.
    pub last_error: String,
    /// The header as it was signed, or shall be.
    pub header: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The payload, sealed with the subject's key if there is one.
    pub payload: Vec<u8>,
    /// The person that it is about.
    pub subject_id: Option<Uuid>,
    /// The receipt as it was signed.
    pub receipt: Option<Vec<u8>>,
    /// Its signature.
    pub receipt_signature: Option<Vec<u8>>,
    /// Until when a process has claimed it (PostgreSQL).
    pub lease_ms: i64,
    /// From 1.
    pub revision: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
