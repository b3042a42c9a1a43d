//! Who works on a job. A process that takes one has it for a while; whatever it then
//! saves counts only if it has it still, so that of two that believe to have it one
//! alone is right, however long a step took.

use hei_values::{Code, Id, Millis, Refused};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, UpdateMany,
};
use uuid::Uuid;

use super::table::{ActiveModel, Column, Entity};
use super::{Row, State};
use crate::engine::Engine;
use crate::{Conn, Failed, subjects};

/// The reason of whoever finds that the job is not its own any more.
pub const LEASE_LOST: &str = "LEASE_LOST";

/// A job that a process has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The institution that it belongs to.
    pub institution: Uuid,
    /// The job.
    pub id: Id,
    /// The process.
    pub owner: Uuid,
}

/// How far a job is after a step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Where the next step goes on.
    pub cursor: Vec<u8>,
    /// So much is done.
    pub done: i64,
    /// Of so much.
    pub total: i64,
}

/// Takes jobs that are due, and those whose process left them, until an instant. Of many
/// that take at the same time each gets others. One that was begun too often is
/// taken, too: whoever has it ends it.
///
/// # Errors
/// Those of the database.
pub async fn claim(
    conn: &Conn,
    institution: Uuid,
    owner: Uuid,
    names: &[&str],
    (now, until): (Millis, Millis),
    limit: u64,
) -> Result<Vec<Row>, Failed> {
    let engine = Engine::of(conn.get_database_backend());
    engine.before_claim(conn).await?;
    let due = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::State.is_in(State::LIVE))
        .filter(Column::Name.is_in(names.iter().copied()))
        .filter(Column::RunAt.lte(now.0))
        .filter(Column::LeaseUntil.lte(now.0))
        .order_by_asc(Column::RunAt)
        .limit(limit);
    let due: Vec<Uuid> = engine.lock_claimed(due).into_tuple().all(conn).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let taken = ActiveModel {
        state: Set(State::Running.text().to_owned()),
        lease_owner: Set(Some(owner)),
        lease_until: Set(until.0),
        ..Default::default()
    };
    let taken = Entity::update_many()
        .set(taken)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::Id.is_in(due));
    Ok(taken.exec_with_returning(conn).await?)
}

/// What a process had when it ended is nobody's again, at its next start.
///
/// # Errors
/// Those of the database.
pub async fn free(conn: &Conn, institution: Uuid, owner: Uuid) -> Result<u64, Failed> {
    let left = Entity::update_many()
        .set(queued())
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::State.is_in(State::LIVE))
        .filter(Column::LeaseOwner.eq(owner))
        .exec(conn)
        .await?;
    Ok(left.rows_affected)
}

fn queued() -> ActiveModel {
    ActiveModel {
        state: Set(State::Queued.text().to_owned()),
        lease_owner: Set(None),
        lease_until: Set(0),
        ..Default::default()
    }
}

fn ended(state: State, now: Millis) -> ActiveModel {
    ActiveModel {
        state: Set(state.text().to_owned()),
        lease_owner: Set(None),
        lease_until: Set(0),
        ended_at: Set(Some(now.0)),
        ..Default::default()
    }
}

impl Held {
    /// The job as it is, inside of a step.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST.
    pub async fn load(&self, conn: &Conn) -> Result<Row, Failed> {
        let own = Entity::find_by_id((self.institution, self.id.0))
            .filter(Column::State.eq(State::Running.text()))
            .filter(Column::LeaseOwner.eq(self.owner));
        own.one(conn).await?.ok_or_else(lost)
    }

    /// A step is done, the next follows at once: the job is held until an instant.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST, and then nothing of the step happened.
    pub async fn goes_on(
        &self,
        conn: &Conn,
        progress: Progress,
        until: Millis,
    ) -> Result<(), Failed> {
        let kept = ActiveModel {
            lease_until: Set(until.0),
            // The try that the next step is.
            attempts: Set(1),
            ..progressed(progress, ActiveModel::default())
        };
        self.save(conn, self.own().set(kept)).await
    }

    /// A step is done, the next is due later.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST, and then nothing of the step happened.
    pub async fn rests(
        &self,
        conn: &Conn,
        progress: Progress,
        run_at: Millis,
    ) -> Result<(), Failed> {
        let kept = ActiveModel {
            attempts: Set(0),
            run_at: Set(run_at.0),
            ..progressed(progress, queued())
        };
        self.save(conn, self.own().set(kept)).await
    }

    /// The job is done, and this came of it.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST, and then nothing of the step happened.
    pub async fn succeeds(
        &self,
        conn: &Conn,
        subject: Option<Uuid>,
        answer: &[u8],
        now: Millis,
    ) -> Result<(), Failed> {
        let answer = match subject {
            Some(subject) => subjects::seal(conn, self.institution, subject, answer).await?,
            None => answer.to_vec(),
        };
        let done = ActiveModel {
            answer: Set(Some(answer)),
            error: Set(None),
            reason: Set(String::new()),
            ..ended(State::Succeeded, now)
        };
        self.save(conn, self.own().set(done)).await
    }

    /// The job is given up.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST.
    pub async fn fails(
        &self,
        conn: &Conn,
        reason: &str,
        error: &[u8],
        now: Millis,
    ) -> Result<(), Failed> {
        let given_up = told(reason, error, ended(State::Failed, now));
        self.save(conn, self.own().set(given_up)).await
    }

    /// The step failed and is tried again, after so many attempts that count; the
    /// progress of those before it stays.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST.
    pub async fn tries_again(
        &self,
        conn: &Conn,
        reason: &str,
        error: &[u8],
        (attempts, run_at): (i32, Millis),
    ) -> Result<(), Failed> {
        let again = ActiveModel { attempts: Set(attempts), run_at: Set(run_at.0), ..queued() };
        self.save(conn, self.own().set(told(reason, error, again))).await
    }

    /// Gives the job back untried.
    ///
    /// # Errors
    /// ABORTED/LEASE_LOST.
    pub async fn give_back(&self, conn: &Conn) -> Result<(), Failed> {
        let tried = Expr::col(Column::Attempts);
        let untried: CaseStatement = Expr::case(tried.clone().gt(0), tried.sub(1)).finally(0);
        let back = self.own().set(queued()).col_expr(Column::Attempts, untried.into());
        self.save(conn, back).await
    }

    /// The row, as long as it is held.
    fn own(&self) -> UpdateMany<Entity> {
        Entity::update_many()
            .filter(Column::InstitutionId.eq(self.institution))
            .filter(Column::Id.eq(self.id.0))
            .filter(Column::State.eq(State::Running.text()))
            .filter(Column::LeaseOwner.eq(self.owner))
    }

    async fn save(&self, conn: &Conn, change: UpdateMany<Entity>) -> Result<(), Failed> {
        let saved = change.exec(conn).await?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(lost()) }
    }
}

fn progressed(progress: Progress, row: ActiveModel) -> ActiveModel {
    ActiveModel {
        cursor: Set(progress.cursor),
        done: Set(progress.done),
        total: Set(progress.total),
        error: Set(None),
        reason: Set(String::new()),
        ..row
    }
}

fn told(reason: &str, error: &[u8], row: ActiveModel) -> ActiveModel {
    ActiveModel { reason: Set(reason.to_owned()), error: Set(Some(error.to_vec())), ..row }
}

fn lost() -> Failed {
    let told = "another process has the job, or somebody ended it";
    Refused::new(Code::Aborted, LEASE_LOST, told).into()
}
