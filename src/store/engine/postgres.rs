//! PostgreSQL: writers are SERIALIZABLE, so that a rule that read something holds
//! when it commits, as on SQLite; readers can do nothing but read.

use hei_values::{Code, Refused};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqlxPostgresConnector, Statement,
};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection as _, Executor as _};

use super::{Engine, Pools, bad_url};
use crate::limits;

pub(crate) mod others;

/// "hei-node" as a number: the advisory lock of whoever migrates.
const MIGRATION_LOCK: i64 = 0x6865_692d_6e6f_6465;

pub(crate) async fn open(url: &str, connections: u32) -> Result<Pools, Refused> {
    let options: PgConnectOptions = url.parse().map_err(|e| bad_url(&format!("{e}")))?;
    let options = options.application_name("hei-node");
    let writers = connections / 2;
    // A serializable transaction that scans a table, as the planner would have it for one of
    // few rows, is in conflict with whoever changes any row of it.
    let write = "SET default_transaction_isolation = 'serializable'; SET enable_seqscan = off";
    let read = "SET default_transaction_read_only = on";
    let writes = pool(writers, options.clone(), write).await?;
    let reads = pool(connections - writers, options, read).await?;
    Ok(Pools { engine: Engine::Postgres, reads, writes, files: None })
}

async fn pool(
    size: u32,
    options: PgConnectOptions,
    first: &'static str,
) -> Result<DatabaseConnection, Refused> {
    let pool = PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(limits::ACQUIRE_MAX)
        .test_before_acquire(false)
        .after_connect(move |fresh, _| {
            Box::pin(async move { fresh.execute(first).await.map(drop) })
        })
        .before_acquire(|pooled, meta| {
            let rested = meta.idle_for > limits::IDLE_UNTESTED_MAX;
            Box::pin(async move { Ok(!rested || answers(pooled).await) })
        })
        .connect_with(options)
        .await
        .map_err(|error| {
            let told = format!("the database does not answer: {error}");
            Refused::new(Code::Unavailable, "DATABASE_DOWN", told)
        })?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

async fn answers(pooled: &mut PgConnection) -> bool {
    pooled.ping().await.is_ok()
}

/// Waits until nobody else migrates; the lock ends with the transaction.
pub(crate) async fn lock_migrations(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let sql = "SELECT pg_advisory_xact_lock($1)";
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, sql, [MIGRATION_LOCK.into()]);
    tx.query_one_raw(lock).await.map(drop)
}

/// A claim looks at each row as it is when it is locked, not as it was when the
/// transaction began: of many that claim at once nobody has to begin anew.
pub(crate) async fn before_claim(conn: &impl ConnectionTrait) -> Result<(), DbErr> {
    let sql = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
    conn.execute_raw(Statement::from_string(DbBackend::Postgres, sql)).await.map(|_| ())
}

/// Whether another transaction was faster: serialization failure, deadlock.
pub(crate) fn is_conflict(sqlstate: &str) -> bool {
    matches!(sqlstate, "40001" | "40P01")
}

/// Disk full.
pub(crate) fn is_full(sqlstate: &str) -> bool {
    sqlstate == "53100"
}

/// The server is going, is not up yet, or has no room for us.
pub(crate) fn is_down(sqlstate: &str) -> bool {
    sqlstate.starts_with("08") || matches!(sqlstate, "57P01" | "57P02" | "57P03" | "53300")
}
