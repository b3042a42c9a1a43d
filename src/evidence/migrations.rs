//! The tables of evidence, one schema for both engines.

use hei_store::schema::{bytes, number, one_of, optional, text, uuid};
use sea_orm_migration::prelude::*;

/// The events that an entry can have, in the order of the contract's enum.
pub(crate) const EVENTS: [&str; 9] = [
    "sent",
    "received",
    "refused",
    "delivered",
    "abandoned",
    "replayed",
    "disclosed",
    "changed",
    "peer",
];

/// The migrations of this crate, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Entries), Box::new(Notices)]
}

struct Entries;

impl MigrationName for Entries {
    fn name(&self) -> &str {
        "evidence_0001_entries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Entries {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(entries()).await?;
        manager.create_table(disclosures()).await?;
        manager.create_index(disclosures_by_subject()).await
    }
}

fn entries() -> TableCreateStatement {
    Table::create()
        .table("evidence_entries")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(one_of("happened", &EVENTS))
        .col(number("at_ms"))
        .col(optional(text("message_id")))
        .col(optional(text("peer")))
        .col(bytes("leaf"))
        .col(bytes("leaf_hash"))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn disclosures() -> TableCreateStatement {
    Table::create()
        .table("disclosures")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(uuid("subject_id"))
        .col(text("recipient"))
        .col(text("resource"))
        .col(text("purpose"))
        .col(text("legal_basis"))
        .col(text("data_categories"))
        .col(one_of("channel", &["message", "read"]))
        .col(number("at_ms"))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn disclosures_by_subject() -> IndexCreateStatement {
    Index::create()
        .name("disclosures_by_subject")
        .table("disclosures")
        .col("institution_id")
        .col("subject_id")
        .col("id")
        .take()
}

struct Notices;

impl MigrationName for Notices {
    fn name(&self) -> &str {
        "evidence_0002_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Notices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(notices()).await?;
        for columns in [["subject_id", "id"], ["message_id", "id"]] {
            manager.create_index(notices_by(columns)).await?;
        }
        Ok(())
    }
}

fn notices() -> TableCreateStatement {
    let kinds = ["erasure", "restriction", "lifting", "correction", "withdrawal"];
    let states = ["told", "confirmed", "kept", "noted", "not_held", "unreachable"];
    Table::create()
        .table("subject_notices")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(uuid("subject_id"))
        .col(text("recipient"))
        .col(one_of("kind", &kinds))
        .col(text("record"))
        .col(optional(uuid("message_id")))
        .col(one_of("state", &states))
        .col(text("rule"))
        .col(optional(number("until_ms")))
        .col(number("tell_ms"))
        .col(optional(number("answer_ms")))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

fn notices_by(columns: [&'static str; 2]) -> IndexCreateStatement {
    let [first, second] = columns;
    Index::create()
        .name(format!("subject_notices_by_{}", first.trim_end_matches("_id")))
        .table("subject_notices")
        .col("institution_id")
        .col(first)
        .col(second)
        .take()
}
