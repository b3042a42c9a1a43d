//! Table `uc6_import_rows`: what became of each entry of an imported archive. Nothing in it
//! is about a person; it goes with the operation.

use hei_proto::hei::credentials::v1::ImportRow;
use hei_use_case::{Failed, Read};
use hei_values::{Id, Refused};
use prost::Message as _;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "uc6_import_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: i64,
    /// An `ImportRow`.
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps a row.
///
/// # Errors
/// What the database says.
pub async fn add(read: &Read, operation: Id, row: &ImportRow) -> Result<(), Failed> {
    let draft = ActiveModel {
        institution_id: Set(read.institution().id),
        operation_id: Set(operation.0),
        entry: Set(row.entry),
        body: Set(row.encode_to_vec()),
    };
    Entity::insert(draft).exec_without_returning(read.conn()).await?;
    Ok(())
}

/// Rows of an operation after an entry.
///
/// # Errors
/// INTERNAL for a row that cannot be read.
pub async fn after(
    read: &Read,
    operation: Id,
    entry: Option<i64>,
    limit: u64,
) -> Result<Vec<ImportRow>, Failed> {
    let mut query = Entity::find()
        .filter(Column::InstitutionId.eq(read.institution().id))
        .filter(Column::OperationId.eq(operation.0));
    if let Some(entry) = entry {
        query = query.filter(Column::Entry.gt(entry));
    }
    let rows = query.order_by_asc(Column::Entry).limit(limit).all(read.conn()).await?;
    let row = |model: Model| {
        ImportRow::decode(model.body.as_slice())
            .map_err(|e| Refused::internal(format!("a row of an import: {e}")).into())
    };
    rows.into_iter().map(row).collect()
}
