//! Jobs: work that outlives the call that asked for it. A job is a row; a step of it
//! is one transaction that does a part of the work and saves in the row how far it is,
//! so that a process that dies loses at most the running step and doubles nothing.

mod held;
pub mod table;

use hei_values::{Id, Millis};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{Conn, Failed, subjects};
pub use held::{Held, LEASE_LOST, Progress, claim, free};
pub use table::Model as Row;
use table::{ActiveModel, Column, Entity};

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for its time.
    Queued,
    /// A process works on it.
    Running,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];
    /// Those in which something is still to do.
    const LIVE: [&str; 2] = ["queued", "running"];

    /// As it is stored.
    pub fn text(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads it.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }

    /// Whether something is still to do.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// A job that somebody asks for.
#[derive(Debug)]
pub struct New<'a> {
    /// Its identifier.
    pub id: Id,
    /// What is done.
    pub name: &'a str,
    /// Who asks.
    pub principal: &'a str,
    /// As what.
    pub roles: &'a str,
    /// Why.
    pub purpose: &'a str,
    /// What it works on.
    pub argument: &'a [u8],
    /// The person that it is about.
    pub subject: Option<Uuid>,
}

/// Puts a job into the queue, in the transaction of whoever asks for it.
///
/// # Errors
/// FAILED_PRECONDITION/SUBJECT_ERASED if the person is erased.
pub async fn begin(
    conn: &Conn,
    institution: Uuid,
    new: New<'_>,
    now: Millis,
) -> Result<(), Failed> {
    let argument = match new.subject {
        Some(subject) => subjects::seal(conn, institution, subject, new.argument).await?,
        None => new.argument.to_vec(),
    };
    let row = ActiveModel {
        principal: Set(new.principal.to_owned()),
        roles: Set(new.roles.to_owned()),
        purpose: Set(new.purpose.to_owned()),
        argument: Set(argument),
        subject_id: Set(new.subject),
        ..queued(institution, new.id.0, new.name, now, now)
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Sees to it that a job which recurs has its row, first due at `run_at`. All processes
/// share it.
///
/// # Errors
/// Those of the database.
pub async fn recurs(
    conn: &Conn,
    institution: Uuid,
    id: Id,
    name: &str,
    run_at: Millis,
    now: Millis,
) -> Result<(), Failed> {
    let there = OnConflict::columns([Column::InstitutionId, Column::Id]).do_nothing().to_owned();
    let row = queued(institution, id.0, name, run_at, now);
    Entity::insert(row).on_conflict(there).exec_without_returning(conn).await?;
    Ok(())
}

fn queued(institution: Uuid, id: Uuid, name: &str, run_at: Millis, now: Millis) -> ActiveModel {
    ActiveModel {
        institution_id: Set(institution),
        id: Set(id),
        name: Set(name.to_owned()),
        state: Set(State::Queued.text().to_owned()),
        principal: Set(String::new()),
        roles: Set(String::new()),
        purpose: Set(String::new()),
        argument: Set(Vec::new()),
        subject_id: Set(None),
        run_at: Set(run_at.0),
        lease_owner: Set(None),
        lease_until: Set(0),
        attempts: Set(0),
        cursor: Set(Vec::new()),
        done: Set(0),
        total: Set(0),
        answer: Set(None),
        error: Set(None),
        reason: Set(String::new()),
        created_at: Set(now.0),
        ended_at: Set(None),
    }
}

impl Row {
    /// Its state.
    pub fn state(&self) -> Option<State> {
        State::of(&self.state)
    }

    /// When its next step is due, or that of whoever takes it over.
    pub fn due(&self) -> Millis {
        Millis(self.run_at).max(Millis(self.lease_until))
    }

    /// What it works on; `None` once the person is erased.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn argument(&self, conn: &Conn) -> Result<Option<Vec<u8>>, Failed> {
        self.opened(conn, &self.argument).await
    }

    /// What came of it; `None` until it has succeeded, and once the person is erased.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn answer(&self, conn: &Conn) -> Result<Option<Vec<u8>>, Failed> {
        match &self.answer {
            Some(answer) => self.opened(conn, answer).await,
            None => Ok(None),
        }
    }

    async fn opened(&self, conn: &Conn, sealed: &[u8]) -> Result<Option<Vec<u8>>, Failed> {
        match self.subject_id {
            Some(subject) => subjects::open(conn, self.institution_id, subject, sealed).await,
            None => Ok(Some(sealed.to_vec())),
        }
    }
}

/// The job with an identifier.
///
/// # Errors
/// Those of the database.
pub async fn find(conn: &Conn, institution: Uuid, id: Id) -> Result<Option<Row>, Failed> {
    Ok(Entity::find_by_id((institution, id.0)).one(conn).await?)
}

/// All jobs about a person.
pub fn about(institution: Uuid, subject: Uuid) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::SubjectId.eq(subject))
}

/// Which jobs a list shows.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// Only those that this one asked for.
    pub principal: Option<&'a str>,
    /// Only those in this state.
    pub state: Option<State>,
}

/// A page of jobs in the order of their identifiers.
///
/// # Errors
/// Those of the database.
pub async fn page(
    conn: &Conn,
    institution: Uuid,
    filter: &Filter<'_>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Row>, Failed> {
    let mut query = Entity::find().filter(Column::InstitutionId.eq(institution));
    if let Some(principal) = filter.principal {
        query = query.filter(Column::Principal.eq(principal));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.text()));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.order_by_asc(Column::Id).limit(limit).all(conn).await?)
}

/// When the first of these jobs is due, whoever works on it now.
///
/// # Errors
/// Those of the database.
pub async fn next_due(
    conn: &Conn,
    institution: Uuid,
    names: &[&str],
) -> Result<Option<Millis>, Failed> {
    let (run, lease) = (Expr::col(Column::RunAt), Expr::col(Column::LeaseUntil));
    let due = Expr::case(lease.clone().gt(run.clone()), lease).finally(run).min();
    let first: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(due, "due")
        .filter(live(institution))
        .filter(Column::Name.is_in(names.iter().copied()))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(first.flatten().map(Millis))
}

fn live(institution: Uuid) -> Condition {
    Condition::all()
        .add(Column::InstitutionId.eq(institution))
        .add(Column::State.is_in(State::LIVE))
}

/// Ends a job before its next step; a step that runs meanwhile is taken back. Says
/// whether there was something to end.
///
/// # Errors
/// Those of the database.
pub async fn cancel(conn: &Conn, institution: Uuid, id: Id, now: Millis) -> Result<bool, Failed> {
    let ended = ActiveModel {
        state: Set(State::Cancelled.text().to_owned()),
        lease_owner: Set(None),
        lease_until: Set(0),
        ended_at: Set(Some(now.0)),
        ..Default::default()
    };
    let live = Entity::update_many().set(ended).filter(live(institution));
    Ok(live.filter(Column::Id.eq(id.0)).exec(conn).await?.rows_affected == 1)
}

/// Forgets a job that has ended. Says whether there was one.
///
/// # Errors
/// Those of the database.
pub async fn delete(conn: &Conn, institution: Uuid, id: Id) -> Result<bool, Failed> {
    let ended = Entity::delete_many()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::Id.eq(id.0))
        .filter(Column::EndedAt.is_not_null());
    Ok(ended.exec(conn).await?.rows_affected == 1)
}

/// Forgets jobs that ended before an instant.
///
/// # Errors
/// Those of the database.
pub async fn sweep(conn: &Conn, institution: Uuid, before: Millis) -> Result<u64, Failed> {
    let old = Entity::delete_many()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::EndedAt.lt(before.0));
    Ok(old.exec(conn).await?.rows_affected)
}
