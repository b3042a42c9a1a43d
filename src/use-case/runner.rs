//! The loop that works on jobs, one in each process: takes those that are due, lets each
//! do step after step, tries again what may succeed the next time, and gives back what
//! it has when the process ends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hei_store::jobs::{self, Held, LEASE_LOST, Progress};
use hei_store::{Conn, Failed};
use hei_values::{Code, Id, Millis, Refused, purpose};
use prost::Message as _;
use prost::bytes::Bytes;
use prost_types::Any;
use sea_orm::prelude::Uuid;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::job::{Job, Running, Step, principal};
use crate::limits::{AGAIN_MS, AGAIN_MS_MAX, ATTEMPTS_MAX, CALM, IDLE, JOBS_MAX, LEASE_MS, PAUSE};
use crate::rights::must_not_be_restricted;
use crate::{Call, Node, Read};

/// The jobs of a node. A clone is the same one.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    node: Arc<Node>,
    jobs: BTreeMap<&'static str, Job>,
    owner: Uuid,
    told: fn(&Refused) -> Vec<u8>,
}

/// What a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// The next step.
    More,
    /// Nothing more for now.
    Rest,
}

impl Jobs {
    /// `owner` is the process, the same after a restart; `told` says a refusal as
    /// callers read it (`google.rpc.Status`).
    ///
    /// # Errors
    /// INTERNAL if two jobs have one name.
    pub fn new(
        node: Arc<Node>,
        all: Vec<Job>,
        owner: Uuid,
        told: fn(&Refused) -> Vec<u8>,
    ) -> Result<Self, Refused> {
        let mut jobs = BTreeMap::new();
        for job in all {
            let name = job.name;
            if jobs.insert(name, job).is_some() {
                return Err(Refused::internal(format!("two jobs are called {name}")));
            }
        }
        Ok(Self(Arc::new(Inner { node, jobs, owner, told })))
    }

    /// Works until `stop`; the steps that run then still end.
    pub async fn run(self, stop: CancellationToken) {
        let mut commits = self.0.node.store.commits();
        let mut busy = JoinSet::new();
        let mut prepared = false;
        while !stop.is_cancelled() {
            commits.borrow_and_update();
            let wait = self.look(&mut prepared, &mut busy, &stop).await.unwrap_or_else(|refused| {
                tracing::error!(reason = refused.reason, error = %refused.message, "the jobs could not be read");
                PAUSE
            });
            let news = async {
                tokio::time::sleep(CALM).await;
                commits.changed().await
            };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = busy.join_next() => look_at(ended),
                _ = news => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        while let Some(ended) = busy.join_next().await {
            look_at(ended);
        }
    }

    /// Starts what is due; says how long until more is.
    async fn look(
        &self,
        prepared: &mut bool,
        busy: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Result<Duration, Refused> {
        if !*prepared {
            self.prepare().await?;
            *prepared = true;
        }
        let room = JOBS_MAX.saturating_sub(busy.len());
        let Some(due) = self.next_due().await?.filter(|_| room > 0) else { return Ok(IDLE) };
        let wait = due.since(self.0.node.clock.now());
        if wait > 0 {
            return Ok(Duration::from_millis(wait.unsigned_abs()).min(IDLE));
        }
        let held = self.claim(room as u64).await?;
        for row in held {
            busy.spawn(self.clone().work(row, stop.clone()));
        }
        Ok(PAUSE)
    }

    /// What this process left when it ended is to be taken again, and what recurs has
    /// its row. It is first due after its time, not at the start.
    async fn prepare(&self) -> Result<(), Refused> {
        let inner = self.0.clone();
        let work = async move |conn: Conn| {
            let (institution, now) = (inner.node.institution.id, inner.node.clock.now());
            jobs::free(&conn, institution, inner.owner).await?;
            for job in inner.jobs.values() {
                let Some(every_ms) = job.every_ms else { continue };
                let first = now.plus(every_ms);
                jobs::recurs(&conn, institution, id_of(job.name), job.name, first, now).await?;
            }
            Ok(())
        };
        self.0.node.store.transact(work).await
    }

    async fn next_due(&self) -> Result<Option<Millis>, Refused> {
        let node = &self.0.node;
        let names: Vec<_> = self.0.jobs.keys().copied().collect();
        Ok(jobs::next_due(&node.store.reader(), node.institution.id, &names).await?)
    }

    async fn claim(&self, limit: u64) -> Result<Vec<jobs::Row>, Refused> {
        let inner = self.0.clone();
        let work = async move |conn: Conn| {
            let names: Vec<_> = inner.jobs.keys().copied().collect();
            let now = inner.node.clock.now();
            let until = (now, now.plus(LEASE_MS));
            jobs::claim(&conn, inner.node.institution.id, inner.owner, &names, until, limit).await
        };
        self.0.node.store.transact(work).await
    }

    /// Step after step, until there is none, one fails, or the process ends.
    async fn work(self, row: jobs::Row, stop: CancellationToken) {
        let held = Held { institution: row.institution_id, id: Id(row.id), owner: self.0.owner };
        let mut attempts = row.attempts;
        let outcome = loop {
            if stop.is_cancelled() {
                break self.give_back(held).await;
            }
            let stepped = match attempts > ATTEMPTS_MAX {
                true => Err(never_answered()),
                false => self.step(held).await,
            };
            match stepped {
                Ok(After::More) => attempts = 1,
                Ok(After::Rest) => break Ok(()),
                Err(refused) if refused.reason == LEASE_LOST => break Err(refused),
                Err(refused) => break self.failed(held, &row.name, attempts, refused).await,
            }
        };
        if let Err(refused) = outcome {
            // The row is as it was: whoever has it, or takes it after the lease, goes on.
            tracing::info!(job = row.name, id = %held.id, reason = refused.reason, "a job was left");
        }
    }

    async fn give_back(&self, held: Held) -> Result<(), Refused> {
        self.0.node.store.transact(async move |conn: Conn| held.give_back(&conn).await).await
    }

    async fn step(&self, held: Held) -> Result<After, Refused> {
        let inner = self.0.clone();
        let work = async move |conn: Conn| inner.step(held, conn).await;
        self.0.node.store.transact(work).await
    }

    /// Another try later, or the end.
    async fn failed(
        &self,
        held: Held,
        job: &str,
        attempts: i32,
        refused: Refused,
    ) -> Result<(), Refused> {
        tracing::warn!(job, id = %held.id, attempts, reason = refused.reason, "a step of a job failed");
        let error = (self.0.told)(&refused);
        let every_ms = self.0.jobs.get(job).and_then(|job| job.every_ms);
        let now = self.0.node.clock.now();
        let again = match may_pass(refused.code) && attempts < ATTEMPTS_MAX {
            true => Some((attempts, now.plus(wait_ms(attempts, jitter())))),
            // What recurs begins anew in its time.
            false => every_ms.map(|every_ms| (0, now.plus(every_ms))),
        };
        count(job, if again.is_some() { "tried" } else { "failed" });
        let reason = refused.reason;
        let work = async move |conn: Conn| match again {
            Some(again) => held.tries_again(&conn, reason, &error, again).await,
            None => held.fails(&conn, reason, &error, now).await,
        };
        self.0.node.store.transact(work).await
    }
}

impl Inner {
    /// One step inside of its transaction.
    async fn step(&self, held: Held, conn: Conn) -> Result<After, Failed> {
        let (row, now) = (held.load(&conn).await?, self.node.clock.now());
        let unknown = || Refused::internal(format!("nobody knows the job {}", row.name));
        let job = self.jobs.get(row.name.as_str()).ok_or_else(unknown)?;
        let running = Running::of(&row, row.argument(&conn).await?)?;
        let mut call = self.call(conn.clone(), &row, now);
        let step = (job.run)(&mut call, &running).await?;
        must_not_be_restricted(&call).await?;
        match step {
            Step::Again { cursor, done, total, at } => {
                let progress = Progress { cursor: cursor.into(), ..progress(done, total) };
                match at.filter(|at| *at > now) {
                    Some(at) => held.rests(&conn, progress, at).await.map(|()| After::Rest),
                    None => {
                        let until = now.plus(LEASE_MS);
                        held.goes_on(&conn, progress, until).await.map(|()| After::More)
                    }
                }
            }
            Step::Done(answer) => {
                match job.every_ms {
                    Some(every_ms) => {
                        held.rests(&conn, Progress::default(), now.plus(every_ms)).await?;
                    }
                    None => {
                        let answer = typed(job.answer, answer);
                        held.succeeds(&conn, row.subject_id, &answer, now).await?;
                    }
                }
                count(job.name, "done");
                Ok(After::Rest)
            }
        }
    }

    fn call(&self, conn: Conn, row: &jobs::Row, now: Millis) -> Call {
        let mut read = Read::new(conn, self.node.clone(), now, principal(row));
        // What recurs is the node's own keeping of what it has.
        read.keeps = row.principal.is_empty();
        read.purpose = purpose::from_code(&row.purpose);
        Call::new(read)
    }
}

/// The answer with its type, as an operation shows it.
fn typed(message: &str, answer: Bytes) -> Vec<u8> {
    let named = if message.is_empty() { "google.protobuf.Empty" } else { message };
    let type_url = format!("type.googleapis.com/{named}");
    Any { type_url, value: answer.into() }.encode_to_vec()
}

fn progress(done: u64, total: u64) -> Progress {
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    Progress { done: number(done), total: number(total), cursor: Vec::new() }
}

/// One row for a job that recurs, whichever process makes it.
fn id_of(name: &str) -> Id {
    Id::of_digest(&hei_evidence::keys::sha256(name.as_bytes()))
}

/// Whether another try may end otherwise.
fn may_pass(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::Aborted
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Internal
    )
}

/// The wait after so many tries, with equal jitter: from half of it to the whole.
fn wait_ms(attempts: i32, jitter: f64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    let whole = AGAIN_MS.saturating_mul(1 << doublings).min(AGAIN_MS_MAX);
    whole / 2 + (whole as f64 / 2.0 * jitter) as i64
}

/// A number from 0 to 1; without randomness it is the middle, and still right.
fn jitter() -> f64 {
    let mut random = [0; 4];
    match aws_lc_rs::rand::fill(&mut random) {
        Ok(()) => f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

fn never_answered() -> Refused {
    let told = format!("the process ended {ATTEMPTS_MAX} times while it was at this step");
    Refused::new(Code::FailedPrecondition, "ATTEMPTS_EXHAUSTED", told)
}

fn count(job: &str, outcome: &'static str) {
    metrics::counter!("hei_jobs_total", "job" => job.to_owned(), "outcome" => outcome).increment(1);
}

fn look_at(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "the work on a job broke off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_ten_minutes_and_is_at_least_half_of_that() {
        assert_eq!((wait_ms(1, 1.0), wait_ms(1, 0.0)), (1_000, 500));
        assert_eq!(wait_ms(5, 1.0), 16_000);
        assert_eq!((wait_ms(30, 1.0), wait_ms(30, 0.0)), (600_000, 300_000));
    }

    #[test]
    fn a_refusal_that_another_try_cannot_help_is_the_end() {
        assert!(may_pass(Code::Unavailable) && may_pass(Code::Internal));
        assert!(!may_pass(Code::InvalidArgument) && !may_pass(Code::FailedPrecondition));
    }
}
