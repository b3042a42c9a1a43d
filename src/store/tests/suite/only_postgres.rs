//! What only PostgreSQL has: a server that others use too.

use hei_store::{Settings, Store};
use hei_testkit::postgres::cluster;
use hei_testkit::suite::postgres;
use hei_values::Code;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::migrating::and_more;
use crate::things::migrations;

#[tokio::test]
async fn serve_waits_for_migrate() {
    let Some(at) = postgres("store", migrations).await else { return };
    let more = || and_more(&[("suite_0002_a", false)]);
    let refused = at.store.prepare(more()).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "SCHEMA_PENDING"));
    assert!(refused.message.contains("hei-node migrate"), "{}", refused.message);
    at.store.migrate(more()).await.unwrap();
    assert!(at.store.prepare(more()).await.unwrap().applied.is_empty());
}

#[tokio::test]
async fn writers_are_serializable() {
    let Some(at) = postgres("store", migrations).await else { return };
    let work = async |conn: hei_store::Conn| {
        let sql = "SHOW transaction_isolation";
        let row = conn.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        Ok(row.unwrap().try_get::<String>("", "transaction_isolation")?)
    };
    assert_eq!(at.store.transact(work).await.unwrap(), "serializable");
}

#[tokio::test]
async fn a_server_that_refuses_us_is_told_as_down_without_its_password() {
    let Some(cluster) = cluster() else { return };
    let url = cluster.url("nobody_made_this").replace("postgres@", "postgres:hunter2@");
    let settings = Settings { url, ..Settings::default() };
    let refused = Store::open(&settings).await.err().unwrap();
    assert_eq!((refused.code, refused.reason), (Code::Unavailable, "DATABASE_DOWN"));
    assert!(!format!("{refused} {settings:?}").contains("hunter2"));
}
