//! Table `own_descriptors`: every version that we published.

use sea_orm::entity::prelude::*;

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "own_descriptors")]
pub struct Model {
    /// The institution that it describes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// Its version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// The bytes.
    pub descriptor: Vec<u8>,
    /// Who signed.
    pub key_id: String,
    /// The signature.
    pub signature: Vec<u8>,
    /// When it was made.
    pub create_ms: i64,
    /// When it expires.
    pub expire_ms: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
