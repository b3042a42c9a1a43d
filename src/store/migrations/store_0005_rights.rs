//! Persons may restrict the processing of their data.

use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{ColumnDef, Index, IndexCreateStatement, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::schema::{number, optional, text};

pub(super) struct Rights;

impl MigrationName for Rights {
    fn name(&self) -> &str {
        "store_0005_rights"
    }
}

#[async_trait]
impl MigrationTrait for Rights {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            number("revision").default(1).take(),
            optional(number("restricted_at")),
            text("restricted_for").default("").take(),
            text("restricted_by").default("").take(),
        ] {
            schema.alter_table(added(column)).await?;
        }
        schema.create_index(answers_by_subject()).await?;
        // Few are restricted, and every list leaves them out.
        let restricted = Index::create()
            .name("subjects_restricted")
            .table("subjects")
            .col("institution_id")
            .col("restricted_at")
            .take();
        schema.create_index(restricted).await
    }
}

/// A person's answers are given out and erased together.
fn answers_by_subject() -> IndexCreateStatement {
    Index::create()
        .name("answers_by_subject")
        .table("answers")
        .col("institution_id")
        .col("subject_id")
        .take()
}

fn added(mut column: ColumnDef) -> sea_orm::sea_query::TableAlterStatement {
    Table::alter().table("subjects").add_column(&mut column).take()
}
