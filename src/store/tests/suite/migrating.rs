//! The schema over time.

use hei_store::{Migrated, Pending, Store};
use hei_testkit::suite::Fresh;
use hei_values::Code;
use sea_orm::DbErr;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::Table;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::things::{Things, migrations, names};

/// One more table, or one more failure.
pub struct More {
    pub name: &'static str,
    pub fails: bool,
}

impl MigrationName for More {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for More {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut column = hei_store::schema::number("count");
        schema.create_table(Table::create().table(self.name).col(&mut column).take()).await?;
        match self.fails {
            true => Err(DbErr::Migration("no".to_owned())),
            false => Ok(()),
        }
    }
}

pub fn and_more(more: &[(&'static str, bool)]) -> Vec<Box<dyn MigrationTrait>> {
    let mut all = migrations();
    for (name, fails) in more {
        all.push(Box::new(More { name, fails: *fails }));
    }
    all
}

pub async fn migrating_again_does_nothing(at: Fresh) {
    assert_eq!(at.store.pending(&migrations()).await.unwrap(), Pending::default());
    assert_eq!(at.store.migrate(migrations()).await.unwrap(), Migrated::default());
    assert_eq!(at.store.prepare(migrations()).await.unwrap(), Migrated::default());
}

pub async fn two_that_migrate_at_once_apply_each_migration_once(at: Fresh) {
    let more = || and_more(&[("suite_0002_a", false), ("suite_0003_b", false)]);
    let pending = at.store.pending(&more()).await.unwrap();
    assert_eq!(pending.names, ["suite_0002_a", "suite_0003_b"]);
    let other = match at.store.engine() {
        hei_store::Engine::Sqlite => at.store.clone(),
        hei_store::Engine::Postgres => Store::open(&at.settings).await.unwrap(),
    };
    let (one, two) = tokio::join!(at.store.migrate(more()), other.migrate(more()));
    let mut applied = one.unwrap().applied;
    applied.extend(two.unwrap().applied);
    assert_eq!(applied, pending.names);
    assert_eq!(at.store.pending(&more()).await.unwrap(), Pending::default());
}

pub async fn one_failing_migration_leaves_the_schema_as_it_was(at: Fresh) {
    let bad = || and_more(&[("suite_0002_a", false), ("suite_0003_b", true)]);
    let refused = at.store.migrate(bad()).await.unwrap_err();
    assert_eq!(refused.code, Code::Internal);
    let pending = at.store.pending(&bad()).await.unwrap();
    assert_eq!(pending.names, ["suite_0002_a", "suite_0003_b"]);
    let good = and_more(&[("suite_0002_a", false), ("suite_0003_b", false)]);
    assert_eq!(at.store.migrate(good).await.unwrap().applied, pending.names);
}

pub async fn a_database_of_a_newer_version_is_refused(at: Fresh) {
    at.store.migrate(and_more(&[("suite_0002_a", false)])).await.unwrap();
    let told = [
        at.store.migrate(migrations()).await.unwrap_err(),
        at.store.prepare(migrations()).await.unwrap_err(),
        at.store.pending(&migrations()).await.unwrap_err(),
    ];
    for refused in told {
        assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "SCHEMA_NEWER"));
        assert!(refused.message.contains("suite_0002_a"), "{}", refused.message);
    }
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn two_migrations_of_one_name_are_refused(at: Fresh) {
    let mut twice = migrations();
    twice.push(Box::new(Things));
    let refused = at.store.migrate(twice).await.unwrap_err();
    assert!(refused.message.contains("suite_0001_things"), "{}", refused.message);
}
