//! The one way to write: work runs in a transaction that the store begins, tries
//! again and commits. What it answers is on disk.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lc_rs::rand;
use futures_util::FutureExt as _;
use hei_values::{Code, Refused, faults};

use crate::conn::Ended;
use crate::failed::Cure;
use crate::{Conn, Failed, Store, limits, task};

impl Store {
    /// Runs `work` in a transaction and answers after the commit is durable. Work
    /// runs again if somebody was faster, so it has no effect but its rows; it ends
    /// though its caller went away.
    ///
    /// # Errors
    /// What `work` refuses, and then nothing of it happened; ABORTED after ten tries;
    /// ALREADY_EXISTS for a row that still exists at the second try; INTERNAL if
    /// `work` panics or calls `transact` itself; DEADLINE_EXCEEDED if it takes long.
    pub async fn transact<T, F, Fut>(&self, work: F) -> Result<T, Refused>
    where
        F: FnOnce(Conn) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<T, Failed>> + Send + 'static,
        T: Send + 'static,
    {
        if task::is_inside() {
            // On SQLite it would wait for its own end.
            return Err(Refused::internal("a transaction inside of a transaction"));
        }
        let store = self.clone();
        task::to_its_end(async move { store.try_until_done(work).await }).await
    }

    async fn try_until_done<T, F, Fut>(&self, work: F) -> Result<T, Refused>
    where
        F: FnOnce(Conn) -> Fut + Clone + Send,
        Fut: Future<Output = Result<T, Failed>> + Send,
        T: Send,
    {
        let mut tries = Tries::default();
        loop {
            match self.in_lane(tries.conflicts, work.clone()).await {
                Ok(done) => return Ok(done),
                Err(failed) if tries.again(failed.cure()) => tokio::time::sleep(jitter()).await,
                Err(failed) => return Err(failed.into()),
            }
        }
    }

    /// Whoever was overtaken some times goes alone, as far as this process can give
    /// way: PostgreSQL also aborts transactions that only met in a page of an index.
    async fn in_lane<T, F, Fut>(&self, conflicts: u32, work: F) -> Result<T, Failed>
    where
        F: FnOnce(Conn) -> Fut + Send,
        Fut: Future<Output = Result<T, Failed>> + Send,
        T: Send,
    {
        if conflicts < limits::OVERTAKEN_MAX {
            let _with_others = self.0.lane.read().await;
            self.try_once(work).await
        } else {
            let _alone = self.0.lane.write().await;
            self.try_once(work).await
        }
    }

    async fn try_once<T, F, Fut>(&self, work: F) -> Result<T, Failed>
    where
        F: FnOnce(Conn) -> Fut + Send,
        Fut: Future<Output = Result<T, Failed>> + Send,
        T: Send,
    {
        let conn = Conn::open(self.0.pools.begin().await?);
        let outcome = run(work, conn.clone(), limits::WORK_MAX).await;
        let Some(ended) = conn.end().await else {
            return Err(Refused::internal("the transaction was lost").into());
        };
        match outcome {
            Ok(done) => self.commit(ended).await.map(|()| done),
            Err(failed) => {
                roll_back(ended).await;
                Err(failed)
            }
        }
    }

    async fn commit(&self, mut ended: Ended) -> Result<(), Failed> {
        if let Some(error) = ended.doomed.take() {
            roll_back(ended).await;
            return Err(error.into());
        }
        if let Err(refused) = self.0.faults.at(faults::COMMIT_BEFORE) {
            roll_back(ended).await;
            return Err(refused.into());
        }
        if ended.erases {
            self.forget_copies().await?;
        }
        ended.tx.commit().await?;
        if ended.erases {
            self.empty_journal().await;
        }
        self.0.faults.at(faults::COMMIT_AFTER)?;
        if ended.wrote {
            self.committed();
        }
        Ok(())
    }
}

/// The work's answer; a panic or a long wait is a failure like others, so that the
/// transaction is always taken back in the same way.
async fn run<T, F, Fut>(work: F, conn: Conn, limit: Duration) -> Result<T, Failed>
where
    F: FnOnce(Conn) -> Fut + Send,
    Fut: Future<Output = Result<T, Failed>> + Send,
{
    let guarded = AssertUnwindSafe(async move { work(conn).await }).catch_unwind();
    match tokio::time::timeout(limit, guarded).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => {
            let told = format!("a transaction panicked: {}", words(panic.as_ref()));
            Err(Refused::internal(told).into())
        }
        Err(_) => {
            let told = "the database took too long: repeat";
            Err(Refused::new(Code::DeadlineExceeded, "TIMEOUT", told).into())
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}

async fn roll_back(ended: Ended) {
    if let Err(error) = ended.tx.rollback().await {
        // The connection is broken, and the database takes it back by itself.
        tracing::warn!(%error, "a transaction was not taken back in order");
    }
}

#[derive(Default)]
struct Tries {
    conflicts: u32,
    duplicates: u32,
}

impl Tries {
    /// Whether to try again, counted.
    fn again(&mut self, cure: Cure) -> bool {
        let (cause, so_far, again_max) = match cure {
            Cure::None => return false,
            Cure::AgainAfterConflict => ("conflict", &mut self.conflicts, limits::ATTEMPTS_MAX - 1),
            Cure::AgainAfterDuplicate => ("duplicate", &mut self.duplicates, 1),
        };
        if *so_far == again_max {
            return false;
        }
        *so_far += 1;
        metrics::counter!("hei_store_retries_total", "cause" => cause).increment(1);
        true
    }
}

fn jitter() -> Duration {
    let mut random = [0; 8];
    // Without randomness the pause is none, and another try is still right.
    let _ = rand::fill(&mut random);
    Duration::from_millis(u64::from_le_bytes(random) % (limits::JITTER_MILLIS_MAX + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_takes_too_long_is_ended() {
        let conn = Conn::pool(sea_orm::DatabaseConnection::default());
        let stuck = async |_| std::future::pending::<Result<(), Failed>>().await;
        let ended = run(stuck, conn, Duration::from_millis(1)).await.map_err(Refused::from);
        assert_eq!(ended.map_err(|r| (r.code, r.reason)), Err((Code::DeadlineExceeded, "TIMEOUT")));
    }
}
