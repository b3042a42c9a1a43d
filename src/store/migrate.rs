//! The schema: migrations are the truth. All that are missing are applied in one
//! transaction, so that a database is never between two versions.

use std::collections::BTreeSet;
use std::path::PathBuf;

use hei_values::{Code, Refused, faults};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Schema};
use sea_orm_migration::{MigrationTrait, SchemaManager, seaql_migrations};

use crate::engine::sqlite::COPY;
use crate::engine::{Pools, postgres};
use crate::{Engine, Store, refused};

const TABLE: &str = "seaql_migrations";

/// The migrations that a database lacks, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pending {
    /// Their names.
    pub names: Vec<String>,
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migrated {
    /// The migrations that were applied, in order; none if there was nothing to do.
    pub applied: Vec<String>,
    /// The copy of the database as it was before (SQLite).
    pub copy: Option<PathBuf>,
}

impl Store {
    /// What `migrate` would do. It needs no right to change the schema.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/SCHEMA_NEWER if a newer version was here.
    pub async fn pending(&self, known: &[Box<dyn MigrationTrait>]) -> Result<Pending, Refused> {
        let applied = applied(&self.0.pools.reads).await.map_err(refused)?;
        pending(known, &applied)
    }

    /// Applies what is pending. Others who migrate at the same time wait, and then
    /// find nothing to do. On SQLite a database that holds something is copied first.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/SCHEMA_NEWER if a newer version was here; nothing is
    /// applied if one migration fails.
    pub async fn migrate(&self, known: Vec<Box<dyn MigrationTrait>>) -> Result<Migrated, Refused> {
        let pools = &self.0.pools;
        let _alone = match &pools.files {
            Some(files) => Some(files.migrating.lock().await),
            None => None,
        };
        let copy = self.copy_before(&known).await?;
        let tx = begin(pools).await.map_err(refused)?;
        let names = pending(&known, &applied(&tx).await.map_err(refused)?)?.names;
        apply(pools.engine, &tx, &known, &names).await.map_err(refused)?;
        self.0.faults.at(faults::COMMIT_BEFORE)?;
        tx.commit().await.map_err(refused)?;
        self.0.faults.at(faults::COMMIT_AFTER)?;
        Ok(Migrated { applied: names, copy })
    }

    /// What `serve` does first: SQLite is migrated; PostgreSQL, which other nodes may
    /// be using, must have been.
    ///
    /// # Errors
    /// FAILED_PRECONDITION: SCHEMA_PENDING, SCHEMA_NEWER.
    pub async fn prepare(&self, known: Vec<Box<dyn MigrationTrait>>) -> Result<Migrated, Refused> {
        if self.engine() == Engine::Sqlite {
            return self.migrate(known).await;
        }
        match self.pending(&known).await?.names.first() {
            None => Ok(Migrated::default()),
            Some(first) => Err(behind(first)),
        }
    }

    async fn copy_before(
        &self,
        known: &[Box<dyn MigrationTrait>],
    ) -> Result<Option<PathBuf>, Refused> {
        let pools = &self.0.pools;
        let Some(files) = &pools.files else { return Ok(None) };
        let applied = applied(&pools.writes).await.map_err(refused)?;
        let names = pending(known, &applied)?.names;
        match names.first() {
            Some(first) if !applied.is_empty() => {
                files.copy(&pools.writes, &format!("{COPY}{first}")).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn pending(
    known: &[Box<dyn MigrationTrait>],
    applied: &BTreeSet<String>,
) -> Result<Pending, Refused> {
    let mut names = BTreeSet::new();
    // Of two migrations with one name the second would never run.
    if let Some(twice) = known.iter().find(|m| !names.insert(m.name())) {
        return Err(Refused::internal(format!("two migrations are called {}", twice.name())));
    }
    if let Some(newer) = applied.iter().find(|name| !names.contains(name.as_str())) {
        return Err(newer_than_us(newer));
    }
    let missing = known.iter().map(|m| m.name()).filter(|name| !applied.contains(*name));
    Ok(Pending { names: missing.map(str::to_owned).collect() })
}

fn newer_than_us(name: &str) -> Refused {
    let told = format!(
        "the database was migrated by a newer hei-node ({name}): run that one, \
         or restore the copy from before"
    );
    Refused::new(Code::FailedPrecondition, "SCHEMA_NEWER", told)
}

fn behind(name: &str) -> Refused {
    let told = format!("the database lacks {name}: run `hei-node migrate` first");
    Refused::new(Code::FailedPrecondition, "SCHEMA_PENDING", told)
}

async fn begin(pools: &Pools) -> Result<DatabaseTransaction, DbErr> {
    let tx = pools.begin_latest().await?;
    if pools.engine == Engine::Postgres {
        postgres::lock_migrations(&tx).await?;
    }
    Ok(tx)
}

async fn applied<C: ConnectionTrait>(conn: &C) -> Result<BTreeSet<String>, DbErr>
where
    for<'c> &'c C: sea_orm_migration::IntoSchemaManagerConnection<'c>,
{
    if !SchemaManager::new(conn).has_table(TABLE).await? {
        return Ok(BTreeSet::new());
    }
    let rows = seaql_migrations::Entity::find().all(conn).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

async fn apply(
    engine: Engine,
    tx: &DatabaseTransaction,
    known: &[Box<dyn MigrationTrait>],
    names: &[String],
) -> Result<(), DbErr> {
    let schema = Schema::new(tx.get_database_backend());
    let mut table = schema.create_table_from_entity(seaql_migrations::Entity);
    tx.execute(table.if_not_exists()).await?;
    for migration in known.iter().filter(|m| names.iter().any(|name| name == m.name())) {
        migration.up(&SchemaManager::new(tx)).await?;
        let now = Expr::cust(engine.unix_seconds());
        let row = Query::insert()
            .into_table(TABLE)
            .columns(["version", "applied_at"])
            .values([migration.name().into(), now])
            .map_err(|error| DbErr::Migration(error.to_string()))?
            .take();
        tx.execute(&row).await?;
        tracing::info!(migration = migration.name(), "applied");
    }
    Ok(())
}
