//! Work that outlives the call that asked for it.

use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::schema::{bytes, number, one_of, optional, text, uuid};

pub struct Jobs;

impl MigrationName for Jobs {
    fn name(&self) -> &str {
        "store_0002_jobs"
    }
}

#[async_trait]
impl MigrationTrait for Jobs {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(jobs()).await?;
        schema.create_index(jobs_by_state()).await
    }
}

fn jobs() -> TableCreateStatement {
    Table::create()
        .table("jobs")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(text("name"))
        .col(one_of("state", &["queued", "running", "succeeded", "failed", "cancelled"]))
        .col(text("principal"))
        .col(text("roles"))
        .col(text("purpose"))
        .col(bytes("argument"))
        .col(optional(uuid("subject_id")))
        .col(number("run_at"))
        .col(optional(uuid("lease_owner")))
        .col(number("lease_until"))
        .col(ColumnDef::new("attempts").integer().not_null())
        .col(bytes("cursor"))
        .col(number("done"))
        .col(number("total"))
        .col(optional(bytes("answer")))
        .col(optional(bytes("error")))
        .col(text("reason"))
        .col(number("created_at"))
        .col(optional(number("ended_at")))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

/// What is due, and what ended long ago.
fn jobs_by_state() -> IndexCreateStatement {
    Index::create()
        .name("jobs_by_state")
        .table("jobs")
        .col("institution_id")
        .col("state")
        .col("run_at")
        .take()
}
