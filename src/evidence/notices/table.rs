//! Table `subject_notices`: one row for each record and partner that was told something.

use sea_orm::entity::prelude::*;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subject_notices")]
pub struct Model {
    /// The institution that tells.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// A UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// About whom.
    pub subject_id: Uuid,
    /// "peers/{domain}".
    pub recipient: String,
    /// "erasure", "restriction", "lifting", "correction" or "withdrawal".
    pub kind: String,
    /// The record, under its name here.
    pub record: String,
    /// The message that tells it; none to a partner that is no partner any more.
    pub message_id: Option<Uuid>,
    /// What came of it.
    pub state: String,
    /// The rule that makes the partner keep the data.
    pub rule: String,
    /// Until when.
    pub until_ms: Option<i64>,
    /// When it was told.
    pub tell_ms: i64,
    /// When the partner answered.
    pub answer_ms: Option<i64>,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
