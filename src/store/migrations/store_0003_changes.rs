//! The change feed: what changed, and how far each institution's feed has come.

use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::schema::{number, one_of, optional, text, uuid};

pub struct Changes;

impl MigrationName for Changes {
    fn name(&self) -> &str {
        "store_0003_changes"
    }
}

#[async_trait]
impl MigrationTrait for Changes {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(changes()).await?;
        schema.create_index(changes_by_position()).await?;
        schema.create_table(feeds()).await
    }
}

fn changes() -> TableCreateStatement {
    let key = ["institution_id", "collection", "resource_id", "revision"];
    Table::create()
        .table("changes")
        .col(uuid("institution_id"))
        .col(text("collection"))
        .col(uuid("resource_id"))
        .col(number("revision"))
        .col(one_of("what", &["created", "changed", "deleted"]))
        .col(number("changed_at"))
        .col(optional(number("position")))
        .primary_key(key.iter().fold(&mut Index::create(), |index, name| index.col(*name)))
        .take()
}

/// Serves readers, and finds the rows that have no position yet.
fn changes_by_position() -> IndexCreateStatement {
    Index::create()
        .name("changes_by_position")
        .table("changes")
        .col("institution_id")
        .col("position")
        .unique()
        .take()
}

fn feeds() -> TableCreateStatement {
    Table::create()
        .table("feeds")
        .col(uuid("institution_id").primary_key().take())
        .col(number("last_position"))
        .col(number("swept_position"))
        .take()
}
