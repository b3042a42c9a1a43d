//! The tables of this crate.

mod store_0005_rights;

use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{
    ForeignKey, ForeignKeyAction, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::schema::{bytes, number, optional, text, uuid};

mod store_0002_jobs;
mod store_0003_changes;
mod store_0004_blobs;

/// The migrations of this crate, before those of all others.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(First),
        Box::new(store_0002_jobs::Jobs),
        Box::new(store_0003_changes::Changes),
        Box::new(store_0004_blobs::Migration),
        Box::new(store_0005_rights::Rights),
    ]
}

struct First;

impl MigrationName for First {
    fn name(&self) -> &str {
        "store_0001_institutions_subjects_answers"
    }
}

#[async_trait]
impl MigrationTrait for First {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(institutions()).await?;
        schema.create_table(subjects()).await?;
        schema.create_table(subject_identifiers()).await?;
        schema.create_index(identifiers_of_subject()).await?;
        schema.create_table(answers()).await?;
        schema.create_index(answers_by_age()).await
    }
}

fn institutions() -> TableCreateStatement {
    Table::create()
        .table("institutions")
        .col(uuid("id").primary_key().take())
        .col(text("domain").unique_key().take())
        .take()
}

fn subjects() -> TableCreateStatement {
    Table::create()
        .table("subjects")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(optional(bytes("key")))
        .col(number("created_at"))
        .col(optional(number("erased_at")))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn subject_identifiers() -> TableCreateStatement {
    let subject = ForeignKey::create()
        .name("subject_identifiers_subject")
        .from("subject_identifiers", ("institution_id", "subject_id"))
        .to("subjects", ("institution_id", "id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take();
    let key = ["institution_id", "scheme", "scope", "value"];
    Table::create()
        .table("subject_identifiers")
        .col(uuid("institution_id"))
        .col(text("scheme"))
        .col(text("scope"))
        .col(text("value"))
        .col(uuid("subject_id"))
        .primary_key(key.iter().fold(&mut Index::create(), |index, name| index.col(*name)))
        .foreign_key(&mut { subject })
        .take()
}

fn identifiers_of_subject() -> IndexCreateStatement {
    Index::create()
        .name("subject_identifiers_by_subject")
        .table("subject_identifiers")
        .col("institution_id")
        .col("subject_id")
        .take()
}

fn answers() -> TableCreateStatement {
    let key = ["institution_id", "principal", "method", "request_id"];
    Table::create()
        .table("answers")
        .col(uuid("institution_id"))
        .col(text("principal"))
        .col(text("method"))
        .col(text("request_id"))
        .col(bytes("digest"))
        .col(bytes("answer"))
        .col(optional(uuid("subject_id")))
        .col(number("created_at"))
        .primary_key(key.iter().fold(&mut Index::create(), |index, name| index.col(*name)))
        .take()
}

fn answers_by_age() -> IndexCreateStatement {
    Index::create()
        .name("answers_by_age")
        .table("answers")
        .col("institution_id")
        .col("created_at")
        .take()
}
