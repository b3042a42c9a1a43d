//! Documents are of several forms, and records have activities.

use hei_store::schema::{number, text};
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "uc6_0002_forms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.alter_table(added("uc6_documents", text("media_type").default("").take())).await?;
        let count = number("activity_count").default(0).take();
        schema.alter_table(added("uc6_transcripts", count)).await
    }
}

fn added(table: &'static str, column: ColumnDef) -> TableAlterStatement {
    Table::alter().table(table).add_column(column).take()
}
