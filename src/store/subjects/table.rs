//! Table `subjects`: one row a person, kept after an erasure so that what refers to it
//! still can.

use sea_orm::entity::prelude::*;

/// A person.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subjects")]
pub struct Model {
    /// The institution that knows the person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// The person's identifier here, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The key of what is sealed for the person; none once erased.
    pub key: Option<Vec<u8>>,
    /// When the person was first known.
    pub created_at: i64,
    /// When everything was erased.
    pub erased_at: Option<i64>,
    /// From 1.
    pub revision: i64,
    /// Since when nothing may be done with the data but to keep it.
    pub restricted_at: Option<i64>,
    /// Why; empty without a restriction.
    pub restricted_for: String,
    /// Who restricted.
    pub restricted_by: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Without the key.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("id", &self.id).finish_non_exhaustive()
    }
}
