//! Records, the documents that they came in, and to whom they were sent.

use hei_store::schema::{bytes, number, one_of, optional, text, uuid};
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "uc6_0001_transcripts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(transcripts()).await?;
        schema
            .create_index(index("uc6_transcripts", "identity", &["identity"]).unique().take())
            .await?;
        schema.create_index(index("uc6_transcripts", "subject", &["subject_id", "id"])).await?;
        schema.create_table(documents()).await?;
        let of = ["transcript_id", "transcript_revision"];
        schema.create_index(index("uc6_documents", "of", &of).unique().take()).await?;
        schema.create_table(recipients()).await?;
        schema
            .create_index(index("uc6_recipients", "message", &["message_id"]).unique().take())
            .await?;
        schema.create_index(index("uc6_recipients", "peer", &["peer", "transcript_id"])).await
    }
}

/// The columns that every table has; the institution is first in each key.
fn table(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(number("revision"))
        .col(uuid("subject_id"))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn index(table: &'static str, name: &str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(format!("{table}_{name}")).table(table).take();
    index.col("institution_id");
    columns.iter().for_each(|column| {
        index.col(*column);
    });
    index
}

fn transcripts() -> TableCreateStatement {
    table("uc6_transcripts")
        .col(bytes("identity"))
        .col(one_of("state", &["imported", "received"]))
        .col(text("sender"))
        .col(text("issuer"))
        .col(text("learner_name"))
        .col(number("achievement_count"))
        .col(bytes("content_sha256"))
        .col(number("create_ms"))
        .col(number("update_ms"))
        .col(bytes("body"))
        .take()
}

fn documents() -> TableCreateStatement {
    table("uc6_documents")
        .col(uuid("transcript_id"))
        .col(number("transcript_revision"))
        .col(number("report_index"))
        .col(number("report_count"))
        .col(bytes("sha256"))
        .col(number("receive_ms"))
        .col(bytes("bytes"))
        .take()
}

fn recipients() -> TableCreateStatement {
    table("uc6_recipients")
        .col(uuid("transcript_id"))
        .col(text("peer"))
        .col(uuid("message_id"))
        .col(one_of("state", &["sent", "taken"]))
        .col(text("taken_as"))
        .col(number("send_ms"))
        .col(optional(number("take_ms")))
        .take()
}
