//! What older nodes have stored is there after a migration.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hei_store::{Conn, blobs, subjects};
use hei_testkit::suite::{Fresh, postgres, sqlite};
use hei_values::Millis;
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, prelude::Uuid};
use sea_orm_migration::MigrationTrait;

use crate::technical::tables::documents;

const HERE: Uuid = Uuid::from_u128(1);
const ZOFIA: Uuid = Uuid::from_u128(10);
const PIOTR: Uuid = Uuid::from_u128(11);

fn before_blobs() -> Vec<Box<dyn MigrationTrait>> {
    let own = super::all().into_iter().take_while(|m| m.name() != "uc6_0003_blobs");
    hei_store::migrations().into_iter().chain(own).collect()
}

fn today() -> Vec<Box<dyn MigrationTrait>> {
    hei_store::migrations().into_iter().chain(super::all()).collect()
}

async fn document(conn: &Conn, id: u128, subject: Uuid, bytes: Vec<u8>) {
    let numbers = ["revision", "transcript_revision", "report_index", "report_count", "receive_ms"];
    let mut columns = vec!["institution_id", "id", "subject_id", "transcript_id"];
    let mut values: Vec<_> =
        [HERE, Uuid::from_u128(id), subject, Uuid::from_u128(id)].map(Into::into).into();
    columns.extend(numbers);
    values.extend(numbers.map(|_| 1_i64.into()));
    columns.extend(["sha256", "bytes", "media_type"]);
    values.extend([vec![0_u8; 32].into(), bytes.into(), "application/xml".into()]);
    let row =
        Query::insert().into_table("uc6_documents").columns(columns).values(values).unwrap().take();
    conn.execute(&row).await.unwrap();
}

async fn documents_become_blobs_of_their_learners(at: Fresh) {
    let long = vec![b'x'; 300 * 1024];
    let (one, other) = (long.clone(), b"another".to_vec());
    let work = async move |conn: Conn| {
        for subject in [ZOFIA, PIOTR] {
            let key = subjects::fresh_key()?;
            subjects::create(&conn, HERE, subject, key, &[], Millis(0)).await?;
        }
        // The parts of two awarding bodies came in one document.
        document(&conn, 20, ZOFIA, one.clone()).await;
        document(&conn, 21, ZOFIA, one.clone()).await;
        document(&conn, 22, PIOTR, one).await;
        document(&conn, 23, PIOTR, other).await;
        Ok(())
    };
    at.store.transact(work).await.unwrap();
    at.store.migrate(today()).await.unwrap();
    let reader = at.store.reader();
    assert_eq!(blobs::Entity::find().count(&reader).await.unwrap(), 3);
    for row in documents::Entity::find().all(&reader).await.unwrap() {
        let subject = Some(row.subject_id);
        let place = blobs::Place { institution: HERE, subject, id: row.blob_id };
        let bytes = blobs::all(&reader, &place).await.unwrap();
        let wanted = if row.id == Uuid::from_u128(23) { b"another".to_vec() } else { long.clone() };
        assert!(bytes == wanted, "{}", row.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_become_blobs_on_sqlite() {
    documents_become_blobs_of_their_learners(sqlite(before_blobs).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_become_blobs_on_postgres() {
    if let Some(at) = postgres("uc6_before_blobs", before_blobs).await {
        documents_become_blobs_of_their_learners(at).await;
    }
}
