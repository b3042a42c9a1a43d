//! One durable commit for each transaction, whoever waits for it.

use std::sync::Arc;

use hei_testkit::suite::Fresh;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tokio::sync::Semaphore;

use crate::things::{self, ActiveModel, Column, Entity, add, added, names};

pub async fn what_is_committed_is_there_after_a_restart(at: Fresh) {
    added(&at.store, "a").await;
    let at = at.reopened().await;
    assert_eq!(names(&at.store).await, ["a"]);
}

/// Work that says when it has begun and waits to be let on.
#[derive(Clone)]
struct Gate {
    begun: Arc<Semaphore>,
    on: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { begun: Arc::new(Semaphore::new(0)), on: Arc::new(Semaphore::new(0)) }
    }

    async fn pass(&self) {
        self.begun.add_permits(1);
        self.on.acquire().await.unwrap().forget();
    }

    async fn begun(&self) {
        self.begun.acquire().await.unwrap().forget();
    }
}

pub async fn work_ends_though_its_caller_goes_away(at: Fresh) {
    let gate = Gate::new();
    let inside = gate.clone();
    let work = at.store.transact(async move |conn| {
        add(&conn, "a").await?;
        inside.pass().await;
        Ok(())
    });
    let mut commits = at.store.commits();
    tokio::select! {
        _ = work => panic!("the work waits at the gate"),
        () = gate.begun() => (),
    }
    gate.on.add_permits(1);
    commits.changed().await.unwrap();
    assert_eq!(names(&at.store).await, ["a"]);
}

pub async fn each_transaction_that_changes_something_is_one_commit(at: Fresh) {
    let before = *at.store.commits().borrow();
    let work = async |conn: hei_store::Conn| {
        add(&conn, "a").await?;
        add(&conn, "b").await?;
        things::set(&conn, "a", 1).await
    };
    at.store.transact(work).await.unwrap();
    assert_eq!(*at.store.commits().borrow() - before, 1);
    let returning = async |conn: hei_store::Conn| {
        let thing = ActiveModel { name: Set("c".into()), count: Set(0) };
        Ok(thing.insert(&conn).await?)
    };
    let thing = at.store.transact(returning).await.unwrap();
    assert_eq!((thing.name.as_str(), *at.store.commits().borrow() - before), ("c", 2));
}

pub async fn a_transaction_that_changes_nothing_is_no_commit(at: Fresh) {
    added(&at.store, "a").await;
    let before = *at.store.commits().borrow();
    let work = async |conn: hei_store::Conn| {
        let none = Entity::delete_many().filter(Column::Name.eq("b")).exec(&conn).await?;
        Ok((none.rows_affected, things::count(&conn, "a").await?))
    };
    assert_eq!(at.store.transact(work).await.unwrap(), (0, 0));
    assert_eq!(*at.store.commits().borrow(), before);
}

pub async fn a_commit_wakes_who_waits(at: Fresh) {
    let mut commits = at.store.commits();
    let ((), woken) = tokio::join!(added(&at.store, "a"), commits.changed());
    woken.unwrap();
    assert_eq!(names(&at.store).await, ["a"]);
}

pub async fn a_reader_sees_nothing_of_a_running_transaction(at: Fresh) {
    let gate = Gate::new();
    let inside = gate.clone();
    let work = at.store.transact(async move |conn| {
        add(&conn, "a").await?;
        inside.pass().await;
        Ok(())
    });
    let reading = async {
        gate.begun().await;
        let seen = names(&at.store).await;
        gate.on.add_permits(1);
        seen
    };
    let (done, seen) = tokio::join!(work, reading);
    done.unwrap();
    assert_eq!(seen, Vec::<String>::new());
    assert_eq!(names(&at.store).await, ["a"]);
}

pub async fn a_reader_cannot_write(at: Fresh) {
    assert!(add(&at.store.reader(), "a").await.is_err());
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn closing_waits_for_what_runs(at: Fresh) {
    let gate = Gate::new();
    let inside = gate.clone();
    let work = at.store.transact(async move |conn| {
        inside.pass().await;
        add(&conn, "a").await
    });
    let closing = async {
        gate.begun().await;
        gate.on.add_permits(1);
        at.store.close().await;
    };
    let (done, ()) = tokio::join!(work, closing);
    done.unwrap();
    let at = at.reopened().await;
    assert_eq!(names(&at.store).await, ["a"]);
}
