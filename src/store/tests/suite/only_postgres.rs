//! What only PostgreSQL has: a server that others use too.

use std::sync::Arc;

use hei_store::feed::Place;
use hei_store::{Conn, Failed, Settings, Store};
use hei_testkit::postgres::cluster;
use hei_testkit::suite::postgres;
use hei_values::Code;
use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement};
use tokio::sync::Semaphore;

use crate::feed::{INSTITUTION, change, note, read};
use crate::migrating::and_more;
use crate::things::{added, migrations, names};

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
    let work = async |conn: Conn| {
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

/// A feed as one would think of it first: a number from a sequence.
async fn naively_noted(conn: &Conn, resource: u128) -> Result<(), Failed> {
    let sql = format!("INSERT INTO naive (resource) VALUES ({resource})");
    conn.execute_unprepared(&sql).await?;
    note(conn, change(resource, 1, 0)).await
}

/// Number and resource.
async fn naively_read(store: &Store, after: i64) -> Vec<(i64, i64)> {
    let sql = format!("SELECT number, resource FROM naive WHERE number > {after} ORDER BY number");
    let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    let of = |row: &QueryResult, column| row.try_get("", column).unwrap();
    rows.unwrap().iter().map(|row| (of(row, "number"), of(row, "resource"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_another_overtakes_is_lost_by_a_sequence_and_not_by_the_feed() {
    let Some(at) = postgres("store", migrations).await else { return };
    let store = &at.store;
    let make = async |conn: Conn| {
        let sql = "CREATE TABLE naive (number BIGSERIAL PRIMARY KEY, resource BIGINT)";
        Ok(conn.execute_unprepared(sql).await?)
    };
    store.transact(make).await.unwrap();
    let (begun, on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (begun.clone(), on.clone());
    let first = store.transact(async move |conn: Conn| {
        naively_noted(&conn, 1).await?;
        tell.add_permits(1);
        wait.acquire().await.unwrap().forget();
        Ok(())
    });
    let meanwhile = async {
        begun.acquire().await.unwrap().forget();
        let second = async |conn: Conn| naively_noted(&conn, 2).await;
        store.transact(second).await.unwrap();
        store.give_positions(INSTITUTION).await.unwrap();
        let seen = (naively_read(store, 0).await, read(store, Place::After(0), 9).await.unwrap());
        on.add_permits(1);
        seen
    };
    let (done, (naive, ours)) = tokio::join!(first, meanwhile);
    done.unwrap();
    store.give_positions(INSTITUTION).await.unwrap();

    assert_eq!(naive, [(2, 2)]);
    assert_eq!(naively_read(store, 2).await, [], "the first change is lost");
    assert_eq!(naively_read(store, 0).await, [(1, 1), (2, 2)], "though it is there");

    assert_eq!(ours.changes, [change(2, 1, 0)]);
    let next = read(store, Place::After(ours.next), 9).await.unwrap();
    assert_eq!(next.changes, [change(1, 1, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_one_process_wakes_the_other() {
    let Some(at) = postgres("store", migrations).await else { return };
    let other = Store::open(&at.settings).await.unwrap();
    let body = async {
        let (mut own, mut woken) = (at.store.commits(), other.commits());
        // Either says by this that it hears.
        own.changed().await.unwrap();
        woken.changed().await.unwrap();
        added(&at.store, "a").await;
        woken.changed().await.unwrap();
    };
    tokio::select! {
        () = at.store.follow_others(std::future::pending()) => {}
        () = other.follow_others(std::future::pending()) => {}
        () = body => {}
    }
    assert_eq!(names(&other).await, ["a"]);
}
