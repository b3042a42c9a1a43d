//! Blobs and their chunks.

use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{ForeignKey, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::schema::{boolean, bytes, number, optional, text, uuid};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "store_0004_blobs"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(blobs()).await?;
        schema.create_index(index("blobs_by_subject", "subject_id")).await?;
        schema.create_index(index("blobs_by_end", "whole_ms")).await?;
        schema.create_table(chunks()).await
    }
}

fn blobs() -> TableCreateStatement {
    Table::create()
        .table("blobs")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(number("revision"))
        .col(optional(uuid("subject_id")))
        .col(bytes("sha256"))
        .col(number("size_bytes"))
        .col(text("media_type"))
        .col(boolean("uploaded"))
        .col(number("begin_ms"))
        .col(optional(number("whole_ms")))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn index(name: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table("blobs").col("institution_id").col(column).take()
}

fn chunks() -> TableCreateStatement {
    let blob = ForeignKey::create()
        .name("blob_chunks_blob")
        .from("blob_chunks", ("institution_id", "blob_id"))
        .to("blobs", ("institution_id", "id"))
        .take();
    Table::create()
        .table("blob_chunks")
        .col(uuid("institution_id"))
        .col(uuid("blob_id"))
        .col(number("position"))
        .col(bytes("bytes"))
        .primary_key(Index::create().col("institution_id").col("blob_id").col("position"))
        .foreign_key(&mut { blob })
        .take()
}
