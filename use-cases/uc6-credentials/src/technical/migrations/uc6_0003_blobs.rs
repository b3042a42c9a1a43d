//! Documents become blobs. What is there is moved, so that only one way to read it is
//! left; contents of attachments stay inside of the documents that came before.

use hei_store::blobs::{self, New};
use hei_store::schema::{optional, uuid};
use hei_values::{Millis, Refused};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "uc6_0003_blobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = || Table::alter().table("uc6_documents").take();
        // Every row has one from here on; no default would be right.
        let blob = optional(uuid("blob_id"));
        schema.alter_table(table().add_column(blob).take()).await?;
        let conn = schema.get_connection();
        let left = || before::Entity::find().filter(before::Column::BlobId.is_null());
        // One at a time: a document may be large.
        while let Some(row) = left().one(conn).await? {
            move_one(conn, row).await?;
        }
        schema.alter_table(table().drop_column("bytes").take()).await
    }
}

async fn move_one(conn: &SchemaManagerConnection<'_>, row: before::Model) -> Result<(), DbErr> {
    let new = New::of(row.institution_id, Some(row.subject_id), &row.bytes, &row.media_type);
    let moved = before::ActiveModel {
        institution_id: Set(row.institution_id),
        id: Set(row.id),
        blob_id: Set(Some(new.id())),
        ..Default::default()
    };
    let put = blobs::put(conn, &[(new, row.bytes)], Millis(row.receive_ms)).await;
    put.map_err(|failed| DbErr::Migration(Refused::from(failed).to_string()))?;
    before::Entity::update(moved).exec_without_returning(conn).await.map(drop)
}

/// The table between the two.
mod before {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "uc6_documents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub institution_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject_id: Uuid,
        pub receive_ms: i64,
        pub bytes: Vec<u8>,
        pub media_type: String,
        pub blob_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
