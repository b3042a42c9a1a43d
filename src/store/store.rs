//! The database, opened: what everybody holds.

use std::sync::Arc;

use hei_values::{Faults, NoFaults, Refused};
use tokio::sync::{RwLock, watch};

use crate::engine::{Pools, postgres, sqlite};
use crate::{Conn, Engine, Settings, limits};

/// The node's database. A clone is the same one.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    pub(crate) faults: Arc<dyn Faults>,
    pub(crate) commits: watch::Sender<u64>,
    /// Shared by transactions as they come; alone for one that was overtaken often.
    pub(crate) lane: RwLock<()>,
}

impl Store {
    /// Opens the database; on SQLite it takes the lock of the folder and makes the
    /// file if it is missing.
    ///
    /// # Errors
    /// FAILED_PRECONDITION: CONFIG_INVALID, DATA_IN_USE if another process has the
    /// folder, DATA_UNUSABLE; UNAVAILABLE/DATABASE_DOWN.
    pub async fn open(settings: &Settings) -> Result<Self, Refused> {
        Self::open_with(settings, Arc::new(NoFaults)).await
    }

    /// The same with faults at its commits.
    ///
    /// # Errors
    /// Those of `open`.
    pub async fn open_with(settings: &Settings, faults: Arc<dyn Faults>) -> Result<Self, Refused> {
        let pools = Pools::open(settings).await?;
        let (commits, lane) = (watch::Sender::new(0), RwLock::default());
        Ok(Self(Arc::new(Inner { pools, faults, commits, lane })))
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        self.0.pools.engine
    }

    /// For reading only; each statement sees what was committed before it.
    pub fn reader(&self) -> Conn {
        Conn::pool(self.0.pools.reads.clone())
    }

    /// The number of commits of this process that changed something. It wakes
    /// whoever waits for new rows.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.commits.subscribe()
    }

    /// Wakes whoever waits for a commit, and for a time meanwhile: the clock was set.
    pub fn wake(&self) {
        self.0.commits.send_modify(|_| ());
    }

    /// Hears of the commits of other processes on the same database, and tells them of
    /// ours, until `stop`. Of SQLite there are no others.
    pub async fn follow_others(&self, stop: impl Future<Output = ()>) {
        let following = async {
            match self.engine() {
                Engine::Sqlite => std::future::pending().await,
                Engine::Postgres => postgres::others::follow(self).await,
            }
        };
        tokio::select! {
            () = stop => {}
            () = following => {}
        }
    }

    /// Waits for what runs, and lets the files go.
    pub async fn close(&self) {
        let pools = &self.0.pools;
        // The writer last: on SQLite the last connection empties the journal.
        for pool in [&pools.reads, &pools.writes] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a pool of connections did not close");
            }
        }
        if let Some(files) = &pools.files {
            files.unlock();
        }
    }

    /// What is erased is erased in the copies first: a commit that fails then costs
    /// copies, and a process that dies between the two leaves nothing.
    pub(crate) async fn forget_copies(&self) -> Result<(), Refused> {
        match &self.0.pools.files {
            Some(files) => files.forget_copies().await,
            None => Ok(()),
        }
    }

    /// Empties SQLite's journal after an erasure. Readers that are in the way are waited
    /// for some times; then the next erasure or start does it.
    pub(crate) async fn empty_journal(&self) {
        if self.engine() != Engine::Sqlite {
            return;
        }
        for _ in 0..limits::JOURNAL_TRIES_MAX {
            match sqlite::empty_journal(&self.0.pools.writes).await {
                Ok(true) => return,
                Ok(false) => tokio::time::sleep(limits::JOURNAL_PAUSE).await,
                Err(error) => tracing::warn!(%error, "the journal was not emptied"),
            }
        }
        tracing::warn!("readers keep the journal from being emptied after an erasure");
    }

    /// Something was committed.
    pub(crate) fn changed(&self) {
        self.0.commits.send_modify(|count| *count += 1);
    }

    /// The work of a caller was committed.
    pub(crate) fn committed(&self) {
        self.changed();
        metrics::counter!("hei_store_commits_total").increment(1);
    }
}
