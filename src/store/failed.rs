//! Why a transaction did not happen, and the only place where a database error
//! becomes a refusal.

use std::time::Duration;

use hei_values::{Code, Refused, Violation, Violations};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::error::DatabaseError;

use crate::engine::{postgres, sqlite};

/// Why a transaction is rolled back.
#[derive(Debug)]
pub enum Failed {
    /// It may not be: the caller is told so.
    Refused(Refused),
    /// Somebody was faster: the work runs again.
    Conflict,
    /// The database said no: the work runs again if that can help.
    Db(DbErr),
}

/// What can help against a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cure {
    /// Trying again, since somebody was faster.
    AgainAfterConflict,
    /// Trying once more: the row that was there already may be our own, from an
    /// earlier try of the same request.
    AgainAfterDuplicate,
    /// Nothing.
    None,
}

impl Failed {
    pub(crate) fn cure(&self) -> Cure {
        match self {
            Self::Refused(_) => Cure::None,
            Self::Conflict => Cure::AgainAfterConflict,
            Self::Db(error) => match kind(error) {
                Kind::Conflict => Cure::AgainAfterConflict,
                Kind::Duplicate => Cure::AgainAfterDuplicate,
                Kind::Full | Kind::Down | Kind::Other => Cure::None,
            },
        }
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Violation> for Failed {
    fn from(fault: Violation) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<Violations> for Failed {
    fn from(faults: Violations) -> Self {
        Self::Refused(faults.into())
    }
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(refused) => refused,
            Failed::Conflict => overtaken(),
            Failed::Db(error) => refused(error),
        }
    }
}

/// What a caller is told of a database error. A row that exists already is here a
/// finding, not a fault: whoever writes has run twice before this is asked.
pub fn refused(error: DbErr) -> Refused {
    match kind(&error) {
        Kind::Conflict => overtaken(),
        Kind::Duplicate => {
            let told = "something with this identifier exists already, with other content";
            Refused::new(Code::AlreadyExists, "ID_CONFLICT", told)
        }
        Kind::Full => {
            tracing::error!(%error, "no room left");
            let told = "the database has no room left: free some space";
            Refused::new(Code::ResourceExhausted, "STORAGE_FULL", told)
        }
        Kind::Down => {
            tracing::error!(%error, "the database does not answer");
            let told = "the database does not answer: repeat in a while";
            Refused::new(Code::Unavailable, "DATABASE_DOWN", told)
                .retry_after(Duration::from_secs(1))
        }
        Kind::Other => Refused::internal(format!("database: {error}")),
    }
}

fn overtaken() -> Refused {
    let told = "others changed the same things at the same time: read again and repeat";
    Refused::new(Code::Aborted, "REVISION_CONFLICT", told)
}

enum Kind {
    Conflict,
    Duplicate,
    Full,
    Down,
    Other,
}

fn kind(error: &DbErr) -> Kind {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        return Kind::Duplicate;
    }
    match error {
        DbErr::ConnectionAcquire(_) => Kind::Down,
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => match &**inner {
            sqlx::Error::Database(told) => told_by_engine(told.as_ref()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Kind::Down,
            _ => Kind::Other,
        },
        _ => Kind::Other,
    }
}

/// SQLite's codes are numbers, PostgreSQL's have five characters.
fn told_by_engine(error: &dyn DatabaseError) -> Kind {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return match code.as_ref() {
            c if postgres::is_conflict(c) => Kind::Conflict,
            c if postgres::is_full(c) => Kind::Full,
            c if postgres::is_down(c) => Kind::Down,
            _ => Kind::Other,
        };
    }
    match code.parse::<i32>() {
        Ok(c) if sqlite::is_conflict(c) => Kind::Conflict,
        Ok(c) if sqlite::is_full(c) => Kind::Full,
        _ => Kind::Other,
    }
}
