//! A table to try things on: things with a name, and counters.

use hei_store::{Conn, Failed, Store, schema};
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::Table;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryOrder};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

pub use row::{ActiveModel, Column, Entity, Model};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub count: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub struct Things;

impl MigrationName for Things {
    fn name(&self) -> &str {
        "suite_0001_things"
    }
}

#[async_trait]
impl MigrationTrait for Things {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut name = schema::ordered_text("name", schema.get_database_backend());
        let table = Table::create()
            .table("things")
            .col(name.primary_key())
            .col(schema::number("count"))
            .take();
        schema.create_table(table).await
    }
}

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut all = hei_store::migrations();
    all.push(Box::new(Things));
    all
}

pub async fn add(conn: &Conn, name: &str) -> Result<(), Failed> {
    put(conn, name, 0).await
}

pub async fn put(conn: &Conn, name: &str, count: i64) -> Result<(), Failed> {
    let new = ActiveModel { name: Set(name.to_owned()), count: Set(count) };
    Entity::insert(new).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn set(conn: &Conn, name: &str, count: i64) -> Result<(), Failed> {
    let new = ActiveModel { name: Set(name.to_owned()), count: Set(count) };
    Entity::update(new).exec(conn).await?;
    Ok(())
}

pub async fn count(conn: &Conn, name: &str) -> Result<i64, Failed> {
    Ok(Entity::find_by_id(name).one(conn).await?.map_or(0, |thing| thing.count))
}

/// Adds a thing in a transaction of its own.
pub async fn added(store: &Store, name: &'static str) {
    store.transact(async move |conn| add(&conn, name).await).await.unwrap();
}

/// The names of all things that are committed.
pub async fn names(store: &Store) -> Vec<String> {
    let all = Entity::find().order_by_asc(Column::Name).all(&store.reader()).await.unwrap();
    all.into_iter().map(|thing| thing.name).collect()
}
