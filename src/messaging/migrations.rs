//! The tables of messaging, one schema for both engines.

use hei_store::schema::{bytes, number, one_of, optional, ordered_text, text, uuid};
use sea_orm_migration::prelude::*;

/// The migrations of this crate, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Peers), Box::new(Messages), Box::new(Persons)]
}

struct Peers;

impl MigrationName for Peers {
    fn name(&self) -> &str {
        "messaging_0001_peers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Peers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(peers(manager)).await?;
        manager.create_table(peer_descriptors()).await?;
        manager.create_table(own_descriptors()).await
    }
}

struct Messages;

impl MigrationName for Messages {
    fn name(&self) -> &str {
        "messaging_0002_messages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Messages {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_index(outbox_by_order()).await?;
        manager.create_index(outbox_by_state()).await?;
        manager.create_table(order_counters()).await?;
        manager.create_table(inbox()).await
    }
}

/// What is about a person is found without looking at everybody's.
struct Persons;

impl MigrationName for Persons {
    fn name(&self) -> &str {
        "messaging_0003_persons"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Persons {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = |name: &'static str, table: &'static str, id: &'static str| {
            let mut index = Index::create().name(name).table(table).take();
            index.col("institution_id").col("subject_id").col(id).take()
        };
        manager.create_index(index("outbox_by_subject", "outbox", "id")).await?;
        manager.create_index(index("inbox_by_subject", "inbox", "message_id")).await
    }
}

fn peers(manager: &SchemaManager) -> TableCreateStatement {
    Table::create()
        .table("peers")
        .col(uuid("institution_id"))
        .col(ordered_text("domain", manager.get_database_backend()))
        .col(one_of("state", &["active", "suspended", "removed"]))
        .col(text("fingerprint"))
        .col(number("descriptor_version"))
        .col(text("url"))
        .col(number("revision"))
        .col(number("create_ms"))
        .col(number("update_ms"))
        .primary_key(Index::create().col("institution_id").col("domain"))
        .take()
}

fn peer_descriptors() -> TableCreateStatement {
    let key = ["institution_id", "domain", "fingerprint", "version"];
    let mut primary = Index::create();
    key.into_iter().for_each(|column| {
        primary.col(column);
    });
    Table::create()
        .table("peer_descriptors")
        .col(uuid("institution_id"))
        .col(text("domain"))
        .col(text("fingerprint"))
        .col(number("version"))
        .col(bytes("descriptor"))
        .col(bytes("signature"))
        .col(number("pin_ms"))
        .primary_key(&mut primary)
        .take()
}

fn own_descriptors() -> TableCreateStatement {
    Table::create()
        .table("own_descriptors")
        .col(uuid("institution_id"))
        .col(number("version"))
        .col(bytes("descriptor"))
        .col(text("key_id"))
        .col(bytes("signature"))
        .col(number("create_ms"))
        .col(number("expire_ms"))
        .primary_key(Index::create().col("institution_id").col("version"))
        .take()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(uuid("institution_id"))
        .col(uuid("id"))
        .col(text("peer"))
        .col(text("kind"))
        .col(ColumnDef::new("kind_version").integer().not_null())
        .col(text("order_key"))
        .col(number("order_seq"))
        .col(one_of("state", &["queued", "held", "delivered", "dead"]))
        .col(ColumnDef::new("attempts").integer().not_null())
        .col(number("create_ms"))
        .col(number("next_attempt_ms"))
        .col(optional(number("failing_ms")))
        .col(optional(number("deliver_ms")))
        .col(text("last_reason"))
        .col(text("last_error"))
        .col(bytes("header"))
        .col(bytes("signature"))
        .col(bytes("payload"))
        .col(optional(uuid("subject_id")))
        .col(optional(bytes("receipt")))
        .col(optional(bytes("receipt_signature")))
        .col(number("lease_ms"))
        .col(number("revision"))
        .primary_key(Index::create().col("institution_id").col("id"))
        .take()
}

/// Which message of an order key goes next; and that no number is given twice.
fn outbox_by_order() -> IndexCreateStatement {
    Index::create()
        .name("outbox_by_order")
        .table("outbox")
        .col("institution_id")
        .col("peer")
        .col("order_key")
        .col("order_seq")
        .unique()
        .take()
}

/// What waits, and what is dead.
fn outbox_by_state() -> IndexCreateStatement {
    Index::create()
        .name("outbox_by_state")
        .table("outbox")
        .col("institution_id")
        .col("state")
        .col("peer")
        .col("next_attempt_ms")
        .take()
}

fn order_counters() -> TableCreateStatement {
    Table::create()
        .table("order_counters")
        .col(uuid("institution_id"))
        .col(text("peer"))
        .col(text("order_key"))
        .col(number("last_seq"))
        .primary_key(Index::create().col("institution_id").col("peer").col("order_key"))
        .take()
}

fn inbox() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .col(uuid("institution_id"))
        .col(text("peer"))
        .col(uuid("message_id"))
        .col(bytes("header"))
        .col(bytes("signature"))
        .col(bytes("header_sha256"))
        .col(text("kind"))
        .col(number("receive_ms"))
        .col(bytes("answer"))
        .col(optional(uuid("subject_id")))
        .col(bytes("receipt"))
        .col(bytes("receipt_signature"))
        .primary_key(Index::create().col("institution_id").col("peer").col("message_id"))
        .take()
}
