//! Table `evidence_entries`: the entries of the log before they are sealed.

use sea_orm::entity::prelude::*;

/// An entry: the columns are there to find it, the leaf is what counts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence_entries")]
pub struct Model {
    /// The institution that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// A UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What happened.
    pub happened: String,
    /// When.
    pub at_ms: i64,
    /// The message that it was about.
    pub message_id: Option<String>,
    /// The institution at the other end.
    pub peer: Option<String>,
    /// The bytes of the entry.
    pub leaf: Vec<u8>,
    /// SHA-256(0x00 ‖ leaf).
    pub leaf_hash: Vec<u8>,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
