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
    vec![Box::new(Entries)]
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
