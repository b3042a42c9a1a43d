//! What the author of a job writes: a function that does one step of it inside of a
//! transaction, and says whether there is more. Beginning one, and how often one recurs.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_proto::hei::common::v1::Role;
use hei_store::{Failed, jobs};
use hei_values::{Id, Millis, Principal, Purpose, Refused, name, purpose};
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;

use crate::{Call, Handle, Read};

/// The collection of jobs as callers see them.
pub const OPERATIONS: &str = "operations";
/// As whom the node does what nobody asked for.
pub(crate) const NODE: &str = "node";

type Run =
    dyn for<'a> Fn(&'a mut Call, &'a Running) -> BoxFuture<'a, Result<Step, Failed>> + Send + Sync;

/// A kind of job.
#[derive(Clone)]
pub struct Job {
    /// Its name: "uc6.import".
    pub name: &'static str,
    /// The full name of the message that it ends with; empty for none.
    pub answer: &'static str,
    /// How long after one run the next is due, if it recurs.
    pub every_ms: Option<i64>,
    pub(crate) run: Arc<Run>,
}

/// A job as its step finds it.
#[derive(Debug)]
pub struct Running {
    /// "operations/{id}".
    pub name: String,
    /// What it works on, as it was begun with.
    pub argument: Bytes,
    /// Where the step before left it; empty at the beginning.
    pub cursor: Bytes,
    /// So much is done.
    pub done: u64,
    /// Of so much; 0 as long as nobody knows.
    pub total: u64,
}

/// What a step leaves behind, saved in its own transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    Again {
        /// Where the next step goes on.
        cursor: Bytes,
        /// So much is done.
        done: u64,
        /// Of so much; 0 as long as nobody knows.
        total: u64,
        /// When; at once if nothing is said.
        at: Option<Millis>,
    },
    /// That was all; the encoded answer. One that recurs begins anew in its time.
    Done(Bytes),
}

/// A job that a call begins. `handle` does one step of it, as whoever began it: all that
/// it does happens together with what it says in its `Step`, or not at all. After a failure
/// that may pass the same step is tried again.
pub fn job<H>(name: &'static str, handle: H) -> Job
where
    H: for<'a> Handle<&'a mut Call, &'a Running, Step>,
{
    let run = running(move |call, it| Box::pin(handle.call(call, it)));
    Job { name, answer: "", every_ms: None, run }
}

// The future borrows the call. A closure says so only where it is passed to somebody who
// expects it.
fn running(
    run: impl for<'a> Fn(&'a mut Call, &'a Running) -> BoxFuture<'a, Result<Step, Failed>>
    + Send
    + Sync
    + 'static,
) -> Arc<Run> {
    Arc::new(run)
}

impl Job {
    /// The message that it ends with.
    #[must_use]
    pub fn answers(mut self, message: &'static str) -> Self {
        self.answer = message;
        self
    }

    /// It recurs: one row for all processes of the node, as the node itself.
    #[must_use]
    pub fn every(mut self, millis: i64) -> Self {
        self.every_ms = Some(millis);
        self
    }
}

impl Call {
    /// Begins a job in the transaction of this call, for whoever calls; gives the name of
    /// its operation. The argument is sealed if it is about a person.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/SUBJECT_ERASED if the person is erased.
    pub async fn begin(
        &self,
        job: &'static str,
        argument: &[u8],
        subject: Option<Uuid>,
    ) -> Result<String, Failed> {
        let id = self.fresh_id()?;
        let roles = roles_text(&self.caller().roles);
        let purpose = match self.purpose() {
            Purpose::Unspecified => String::new(),
            why => purpose::code(why),
        };
        let new = jobs::New {
            id,
            name: job,
            principal: &self.caller().client,
            roles: &roles,
            purpose: &purpose,
            argument,
            subject,
        };
        jobs::begin(self.conn(), self.institution().id, new, self.now()).await?;
        Ok(name::of(OPERATIONS, id))
    }
}

impl Read {
    /// The operator sees all operations, everybody else their own.
    pub fn sees_all_operations(&self) -> bool {
        self.caller().is_any_of(&[Role::Operator])
    }

    /// An operation that the caller may see.
    ///
    /// # Errors
    /// NOT_FOUND, also where the caller may not know that it exists.
    pub async fn operation(&self, id: Id) -> Result<jobs::Row, Failed> {
        let row = jobs::find(self.conn(), self.institution().id, id).await?;
        let client = &self.caller().client;
        let row = row.filter(|row| self.sees_all_operations() || row.principal == *client);
        row.ok_or_else(|| Refused::not_found(&name::of(OPERATIONS, id)).into())
    }
}

fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str_name()).collect::<Vec<_>>().join(",")
}

/// Whoever began a job, as a step of it acts; the node itself for one that recurs.
pub(crate) fn principal(row: &jobs::Row) -> Principal {
    match row.principal.is_empty() {
        true => Principal::campus(NODE, vec![Role::Operator], None),
        false => {
            let roles = row.roles.split(',').filter_map(Role::from_str_name).collect();
            Principal::campus(&row.principal, roles, None)
        }
    }
}

impl Running {
    pub(crate) fn of(row: &jobs::Row, argument: Option<Vec<u8>>) -> Result<Self, Refused> {
        let erased = || {
            let told = "the person that the job was about is erased";
            Refused::new(hei_values::Code::FailedPrecondition, "SUBJECT_ERASED", told)
        };
        Ok(Self {
            name: name::of(OPERATIONS, Id(row.id)),
            argument: argument.ok_or_else(erased)?.into(),
            cursor: row.cursor.clone().into(),
            done: u64::try_from(row.done).unwrap_or(0),
            total: u64::try_from(row.total).unwrap_or(0),
        })
    }
}
