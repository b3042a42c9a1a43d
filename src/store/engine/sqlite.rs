//! SQLite: one writer, many readers, a lock so that one process has the files, and
//! a copy before a migration.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use hei_values::{Code, Refused};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxSqliteConnector, Statement,
};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::{Engine, Pools, bad_url};
use crate::limits;

/// What the names of copies made before a migration begin with, after the database's.
pub(crate) const COPY: &str = "before-";

/// The database's path and the lock on its folder.
pub(crate) struct Files {
    database: PathBuf,
    lock: Mutex<Option<File>>,
    /// Held while migrating: copy and migration belong together.
    pub(crate) migrating: tokio::sync::Mutex<()>,
}

impl Files {
    /// Lets another process have the folder.
    pub(crate) fn unlock(&self) {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

pub(crate) async fn open(path: &Path, connections: u32) -> Result<Pools, Refused> {
    if path.as_os_str().is_empty() {
        return Err(bad_url("sqlite: needs a path"));
    }
    let lock = Mutex::new(Some(prepare(path)?));
    let write = options(path).journal_mode(SqliteJournalMode::Wal);
    let writes = pool(1, write).await?;
    // Opened after the writer, which makes the file a WAL database.
    let reads = pool(connections, options(path).read_only(true)).await?;
    // A process that was killed after an erasure has left pages in the journal.
    empty_journal(&writes).await.map_err(crate::refused)?;
    let migrating = tokio::sync::Mutex::default();
    let files = Some(Files { database: path.to_owned(), lock, migrating });
    Ok(Pools { engine: Engine::Sqlite, reads, writes, files })
}

/// Folder, lock and an empty database that only its owner may read: SQLite gives
/// the journal files the mode of the database.
fn prepare(path: &Path) -> Result<File, Refused> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| unusable(folder, &error))?;
    let lock = lock(folder)?;
    private(path).map_err(|error| unusable(path, &error))?;
    Ok(lock)
}

fn lock(folder: &Path) -> Result<File, Refused> {
    let path = folder.join("node.lock");
    let file = private(&path).map_err(|error| unusable(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let told = format!("another hei-node is using {}: stop it first", folder.display());
            Err(Refused::new(Code::FailedPrecondition, "DATA_IN_USE", told))
        }
        Err(TryLockError::Error(error)) => Err(unusable(&path, &error)),
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

fn unusable(path: &Path, error: &std::io::Error) -> Refused {
    let told = format!("{} cannot be used: {error}", path.display());
    Refused::new(Code::FailedPrecondition, "DATA_UNUSABLE", told)
}

fn options(path: &Path) -> SqliteConnectOptions {
    // sqlx sets busy_timeout by a call before the first pragma, so the switch to WAL
    // waits for a lock instead of failing.
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(limits::BUSY_MAX)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
}

async fn pool(size: u32, options: SqliteConnectOptions) -> Result<DatabaseConnection, Refused> {
    let path = options.get_filename().to_owned();
    let pool: Result<SqlitePool, _> = SqlitePoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false)
        .acquire_timeout(limits::ACQUIRE_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await;
    let pool = pool.map_err(|error| {
        let told = format!("the database {} does not open: {error}", path.display());
        Refused::new(Code::FailedPrecondition, "DATA_UNUSABLE", told)
    })?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

impl Files {
    /// A copy of the whole database beside it, complete or absent.
    pub(crate) async fn copy(
        &self,
        writes: &DatabaseConnection,
        suffix: &str,
    ) -> Result<PathBuf, Refused> {
        let mut name = self.database.clone().into_os_string();
        name.push(format!(".{suffix}"));
        let whole = PathBuf::from(&name);
        name.push(".part");
        let part = PathBuf::from(name);
        let failed = |error: std::io::Error| unusable(&part, &error);
        match tokio::fs::remove_file(&part).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(error));
            }
            _ => (),
        }
        // VACUUM INTO writes into an empty file and keeps its mode.
        let file = private(&part).map_err(failed)?;
        vacuum(writes, &part).await.map_err(crate::refused)?;
        tokio::fs::File::from_std(file).sync_all().await.map_err(failed)?;
        tokio::fs::rename(&part, &whole).await.map_err(failed)?;
        Ok(whole)
    }
}

impl Files {
    /// Removes the copies that were made before migrations: they hold what shall be erased.
    pub(crate) async fn forget_copies(&self) -> Result<(), Refused> {
        let failed = |error: std::io::Error| unusable(&self.database, &error);
        let folder = self.database.parent().filter(|f| !f.as_os_str().is_empty());
        let name = self.database.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let copies = format!("{name}.{COPY}");
        let mut entries =
            tokio::fs::read_dir(folder.unwrap_or(Path::new("."))).await.map_err(failed)?;
        while let Some(entry) = entries.next_entry().await.map_err(failed)? {
            if entry.file_name().to_string_lossy().starts_with(&copies) {
                tokio::fs::remove_file(entry.path()).await.map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// Writes the journal into the database and empties its file: pages of before an erasure
/// would stand in it else. Whether it could: readers may be in the way.
pub(crate) async fn empty_journal(writes: &DatabaseConnection) -> Result<bool, DbErr> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let told = writes.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(told.is_none_or(|row| row.try_get_by_index(0).is_ok_and(|busy: i32| busy == 0)))
}

async fn vacuum(writes: &DatabaseConnection, into: &Path) -> Result<(), DbErr> {
    let into = into.to_string_lossy().into_owned();
    let sql = "VACUUM INTO ?";
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [into.into()]);
    writes.execute_raw(statement).await.map(|_| ())
}

/// Whether another writer was faster: BUSY, LOCKED and their extended codes.
pub(crate) fn is_conflict(code: i32) -> bool {
    matches!(code & 0xff, 5 | 6)
}

/// FULL: the disk, or the size that the database may have.
pub(crate) fn is_full(code: i32) -> bool {
    code & 0xff == 13
}
