//! Table `disclosures`: one row each release of personal data.

use sea_orm::entity::prelude::*;

/// A disclosure.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosures")]
pub struct Model {
    /// The institution that disclosed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// A UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// About whom.
    pub subject_id: Uuid,
    /// Who received: "peers/{domain}".
    pub recipient: String,
    /// What.
    pub resource: String,
    /// Why, a code of hei-purpose.
    pub purpose: String,
    /// On which legal basis.
    pub legal_basis: String,
    /// Categories of data, one a line.
    pub data_categories: String,
    /// "message" or "read".
    pub channel: String,
    /// When.
    pub at_ms: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
