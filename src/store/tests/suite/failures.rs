//! What fails leaves nothing, and says why in the field's words.

use hei_store::{Conn, Engine, Failed};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Refused};
use sea_orm::ConnectionTrait as _;

use crate::things::{add, added, names};

fn no() -> Failed {
    Refused::not_found("things/a").into()
}

pub async fn refused_work_leaves_nothing(at: Fresh) {
    let work = async |conn: Conn| {
        add(&conn, "a").await?;
        Err::<(), _>(no())
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn panicking_work_leaves_nothing_and_the_next_runs(at: Fresh) {
    let work = async |conn: Conn| {
        add(&conn, "a").await?;
        if names_are_right() { panic!("out of patience") } else { Ok(()) }
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::Internal, "INTERNAL"));
    assert!(refused.message.contains("out of patience"), "{}", refused.message);
    added(&at.store, "b").await;
    assert_eq!(names(&at.store).await, ["b"]);
}

/// Keeps the compiler from knowing that the work always panics.
fn names_are_right() -> bool {
    std::hint::black_box(true)
}

pub async fn of_many_at_once_only_those_that_fail_leave_nothing(at: Fresh) {
    added(&at.store, "there").await;
    let store = &at.store;
    let many = (0..40_u32).map(|n| {
        store.transact(async move |conn: Conn| {
            add(&conn, &format!("{n:02}")).await?;
            match n % 4 {
                1 => Err(no()),
                2 => panic!("work {n}"),
                3 => add(&conn, "there").await,
                _ => Ok(()),
            }
        })
    });
    let done = futures_util::future::join_all(many).await;
    let good = |n: usize| n.is_multiple_of(4);
    assert!(done.iter().enumerate().all(|(n, done)| done.is_ok() == good(n)), "{done:?}");
    let mut expected: Vec<String> = (0..40).step_by(4).map(|n| format!("{n:02}")).collect();
    expected.push("there".to_owned());
    assert_eq!(names(&at.store).await, expected);
}

pub async fn a_swallowed_database_error_commits_nothing(at: Fresh) {
    added(&at.store, "a").await;
    let work = async |conn: Conn| {
        add(&conn, "b").await?;
        let _ = add(&conn, "a").await;
        Ok(())
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!(refused.reason, "ID_CONFLICT");
    assert_eq!(names(&at.store).await, ["a"]);
}

pub async fn a_part_that_is_undone_leaves_the_rest_and_heals_no_database_error(at: Fresh) {
    let work = async |conn: Conn| {
        add(&conn, "before").await?;
        for (name, stays) in [("kept", true), ("undone", false), ("after", true)] {
            conn.begin_part().await?;
            add(&conn, name).await?;
            match stays {
                true => conn.keep_part().await?,
                false => conn.undo_part().await?,
            }
        }
        Ok(())
    };
    at.store.transact(work).await.unwrap();
    assert_eq!(names(&at.store).await, ["after", "before", "kept"]);
    let broken = async |conn: Conn| {
        add(&conn, "more").await?;
        conn.begin_part().await?;
        let _ = add(&conn, "kept").await;
        conn.undo_part().await
    };
    assert_eq!(at.store.transact(broken).await.unwrap_err().reason, "ID_CONFLICT");
    assert_eq!(names(&at.store).await, ["after", "before", "kept"]);
}

pub async fn a_transaction_inside_of_a_transaction_is_refused(at: Fresh) {
    let store = at.store.clone();
    let work = async move |conn: Conn| {
        add(&conn, "a").await?;
        let inner = store.transact(async |conn| add(&conn, "b").await).await;
        Ok(inner?)
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert!(refused.message.contains("inside of a transaction"), "{}", refused.message);
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn a_connection_that_outlives_its_transaction_is_of_no_use(at: Fresh) {
    let work = async |conn: Conn| {
        add(&conn, "a").await?;
        Ok(conn)
    };
    let kept = at.store.transact(work).await.unwrap();
    let refused = Refused::from(add(&kept, "b").await.unwrap_err());
    assert!(refused.message.contains("the transaction is over"), "{}", refused.message);
    added(&at.store, "c").await;
    assert_eq!(names(&at.store).await, ["a", "c"]);
}

/// PostgreSQL is told to say what it says when its disk is full; SQLite is given
/// no room.
pub async fn a_full_disk_is_told_as_storage_full(at: Fresh) {
    let engine = at.store.engine();
    let work = async move |conn: Conn| {
        add(&conn, "a").await?;
        let full = match engine {
            Engine::Sqlite => "PRAGMA max_page_count = 1; CREATE TABLE x (y TEXT)",
            Engine::Postgres => {
                "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"
            }
        };
        conn.execute_unprepared(full).await?;
        Ok(())
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::ResourceExhausted, "STORAGE_FULL"));
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn a_closed_database_is_told_as_down(at: Fresh) {
    at.store.close().await;
    let refused = at.store.transact(async |conn| add(&conn, "a").await).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::Unavailable, "DATABASE_DOWN"));
    assert!(refused.retry_after.is_some());
    let read = at.store.reader().execute_unprepared("SELECT 1").await.unwrap_err();
    assert_eq!(hei_store::refused(read).reason, "DATABASE_DOWN");
}

pub async fn any_other_database_error_is_internal(at: Fresh) {
    let work = async |conn: Conn| Ok(conn.execute_unprepared("SELECT nothing").await.map(drop)?);
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::Internal, "INTERNAL"));
}
