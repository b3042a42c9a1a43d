//! What became of the entries of imported archives.

use hei_store::schema::{bytes, number, uuid};
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "uc6_0005_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(rows()).await
    }
}

/// Rows go with their operation.
fn rows() -> TableCreateStatement {
    let mut of = ForeignKey::create();
    of.from("uc6_import_rows", ("institution_id", "operation_id"))
        .to("jobs", ("institution_id", "id"))
        .on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("uc6_import_rows")
        .col(uuid("institution_id"))
        .col(uuid("operation_id"))
        .col(number("entry"))
        .col(bytes("body"))
        .primary_key(Index::create().col("institution_id").col("operation_id").col("entry"))
        .foreign_key(&mut of)
        .take()
}
