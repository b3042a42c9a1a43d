//! Table `peers`: one row each partner that was ever added.

use sea_orm::entity::prelude::*;

/// A partner.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peers")]
pub struct Model {
    /// The institution that trusts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// The partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain: String,
    /// "active", "suspended" or "removed".
    pub state: String,
    /// The thumbprint of the descriptor key that signed the pinned descriptor.
    pub fingerprint: String,
    /// The version of the pinned descriptor.
    pub descriptor_version: i64,
    /// Where its descriptor was fetched.
    pub url: String,
    /// From 1.
    pub revision: i64,
    /// When it was added, the last time.
    pub create_ms: i64,
    /// When it last changed.
    pub update_ms: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
