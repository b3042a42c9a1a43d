//! What differs between the engines stands below this module: how to open, what
//! guards a migration, and how an error is told.

pub(crate) mod positions;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use hei_values::{Code, Refused};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    QuerySelect, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::Settings;

/// The two databases that the node runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file below the data folder: one node, no other server.
    Sqlite,
    /// A server: many nodes, one database.
    Postgres,
}

/// Two pools: what reads never waits for what writes.
pub(crate) struct Pools {
    pub(crate) engine: Engine,
    pub(crate) reads: DatabaseConnection,
    pub(crate) writes: DatabaseConnection,
    /// The files of SQLite.
    pub(crate) files: Option<sqlite::Files>,
}

impl Pools {
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Refused> {
        let connections = settings.connections.max(2);
        match settings.url.split_once(':') {
            Some(("sqlite", path)) => sqlite::open(path.as_ref(), connections).await,
            Some(("postgres" | "postgresql", _)) => {
                postgres::open(&settings.url, connections).await
            }
            _ => Err(bad_url("it begins with neither sqlite: nor postgres://")),
        }
    }

    /// A transaction that writes.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writes.begin_with_options(self.engine.write_options()).await
    }

    /// A transaction that writes, each statement of which sees the latest that is
    /// committed.
    pub(crate) async fn begin_latest(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writes.begin_with_options(self.engine.latest_options()).await
    }
}

impl Engine {
    fn write_options(self) -> TransactionOptions {
        match self {
            // A deferred transaction that turns into a writer after another commit
            // gets BUSY at once, whatever busy_timeout says.
            Self::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            // SERIALIZABLE stands in the connection: one round trip less.
            Self::Postgres => TransactionOptions::default(),
        }
    }

    /// For whoever waits for a lock and must then see what the one before it committed:
    /// on PostgreSQL no snapshot may be older than the lock.
    fn latest_options(self) -> TransactionOptions {
        match self {
            Self::Sqlite => self.write_options(),
            Self::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        }
    }

    /// The engine behind a connection.
    pub(crate) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// What a transaction that claims rows begins with.
    pub(crate) async fn before_claim(self, conn: &impl ConnectionTrait) -> Result<(), DbErr> {
        match self {
            // One writer: whoever claims is alone.
            Self::Sqlite => Ok(()),
            Self::Postgres => postgres::before_claim(conn).await,
        }
    }

    /// Which rows a claim sees: those that nobody else is claiming.
    pub(crate) fn lock_claimed<S: QuerySelect>(self, rows: S) -> S {
        match self {
            Self::Sqlite => rows,
            Self::Postgres => rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
        }
    }

    /// The database's own clock in seconds since 1970, as SQL.
    pub(crate) fn unix_seconds(self) -> &'static str {
        match self {
            Self::Sqlite => "unixepoch()",
            Self::Postgres => "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
        }
    }
}

pub(crate) fn bad_url(why: &str) -> Refused {
    let told = format!("database.url cannot be used: {why}");
    Refused::new(Code::FailedPrecondition, "CONFIG_INVALID", told)
}
