//! A connection as everybody outside of this crate sees it: queries run on it, and
//! nothing begins or commits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};
use tokio::sync::RwLock;

use crate::Failed;

/// Either a pool for reading or a running transaction. A clone is the same one.
///
/// In a transaction a statement that fails dooms it on both engines, even if the
/// error is swallowed: PostgreSQL would take back everything and still answer the
/// commit as if nothing had happened. Insert with `on_conflict` where a row may be
/// there already.
#[derive(Clone)]
pub struct Conn(Inner);

#[derive(Clone)]
enum Inner {
    Pool(DatabaseConnection),
    Open(Arc<Open>),
}

/// A running transaction. A `Conn` that outlives it finds it gone.
struct Open {
    backend: DbBackend,
    tx: RwLock<Option<DatabaseTransaction>>,
    wrote: AtomicBool,
    erases: AtomicBool,
    doomed: Mutex<Option<DbErr>>,
}

/// A transaction at its end.
pub(crate) struct Ended {
    pub(crate) tx: DatabaseTransaction,
    /// Whether a row was changed.
    pub(crate) wrote: bool,
    /// Whether nothing of what it removed may be left in any file.
    pub(crate) erases: bool,
    /// The first statement that failed.
    pub(crate) doomed: Option<DbErr>,
}

impl Conn {
    pub(crate) fn pool(pool: DatabaseConnection) -> Self {
        Self(Inner::Pool(pool))
    }

    pub(crate) fn open(tx: DatabaseTransaction) -> Self {
        Self(Inner::Open(Arc::new(Open {
            backend: tx.get_database_backend(),
            tx: RwLock::new(Some(tx)),
            wrote: AtomicBool::new(false),
            erases: AtomicBool::new(false),
            doomed: Mutex::new(None),
        })))
    }

    /// Takes the transaction out of all clones; `None` if it is none or is gone.
    pub(crate) async fn end(&self) -> Option<Ended> {
        let Inner::Open(open) = &self.0 else { return None };
        let tx = open.tx.write().await.take()?;
        let doomed = open.doomed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let [wrote, erases] = [&open.wrote, &open.erases].map(|it| it.load(Ordering::Relaxed));
        Some(Ended { tx, wrote, erases, doomed })
    }

    /// Begins a part of the transaction that can be undone by itself. Parts do not nest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin_part(&self) -> Result<(), Failed> {
        self.execute_unprepared("SAVEPOINT part").await?;
        Ok(())
    }

    /// The part stays, if the transaction does.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep_part(&self) -> Result<(), Failed> {
        self.execute_unprepared("RELEASE SAVEPOINT part").await?;
        Ok(())
    }

    /// Nothing of the part stays. A statement that failed in it dooms the transaction all
    /// the same: what the database refuses may be otherwise the next time.
    ///
    /// # Errors
    /// The statement's, or those of the database.
    pub async fn undo_part(&self) -> Result<(), Failed> {
        if let Some(error) = self.doomed() {
            return Err(error.into());
        }
        self.execute_unprepared("ROLLBACK TO SAVEPOINT part").await?;
        self.keep_part().await
    }

    fn doomed(&self) -> Option<DbErr> {
        let Inner::Open(open) = &self.0 else { return None };
        open.doomed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What this transaction removes is personal: with its commit it leaves the files of
    /// the database, too, as far as they are the node's.
    pub fn will_erase(&self) {
        if let Inner::Open(open) = &self.0 {
            open.erases.store(true, Ordering::Relaxed);
        }
    }
}

impl Open {
    /// Remembers what a statement did to the transaction.
    fn note<T>(
        &self,
        done: Result<T, DbErr>,
        changed: impl FnOnce(&T) -> bool,
    ) -> Result<T, DbErr> {
        match &done {
            Ok(result) => {
                if changed(result) {
                    self.wrote.store(true, Ordering::Relaxed);
                }
            }
            Err(error) => {
                let mut doomed = self.doomed.lock().unwrap_or_else(PoisonError::into_inner);
                doomed.get_or_insert_with(|| error.clone());
            }
        }
        done
    }
}

/// Whether a statement that gives rows may have changed some: `… RETURNING`.
fn may_change(statement: &Statement) -> bool {
    let first = statement.sql.trim_start().get(..6).unwrap_or_default();
    !first.eq_ignore_ascii_case("select")
}

fn over() -> DbErr {
    DbErr::Query(RuntimeErr::Internal("the transaction is over".to_owned()))
}

#[async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Inner::Pool(pool) => pool.get_database_backend(),
            Inner::Open(open) => open.backend,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Inner::Pool(pool) => pool.execute_raw(statement).await,
            Inner::Open(open) => {
                let held = open.tx.read().await;
                let done = held.as_ref().ok_or_else(over)?.execute_raw(statement).await;
                open.note(done, |result| result.rows_affected() > 0)
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.0 {
            Inner::Pool(pool) => pool.execute_unprepared(sql).await,
            Inner::Open(open) => {
                let held = open.tx.read().await;
                let done = held.as_ref().ok_or_else(over)?.execute_unprepared(sql).await;
                open.note(done, |_| true)
            }
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Inner::Pool(pool) => pool.query_one_raw(statement).await,
            Inner::Open(open) => {
                let may_change = may_change(&statement);
                let held = open.tx.read().await;
                let done = held.as_ref().ok_or_else(over)?.query_one_raw(statement).await;
                open.note(done, |row| may_change && row.is_some())
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Inner::Pool(pool) => pool.query_all_raw(statement).await,
            Inner::Open(open) => {
                let may_change = may_change(&statement);
                let held = open.tx.read().await;
                let done = held.as_ref().ok_or_else(over)?.query_all_raw(statement).await;
                open.note(done, |rows| may_change && !rows.is_empty())
            }
        }
    }
}
