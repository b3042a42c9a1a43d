//! What messages do in this suite: a note is a row. Its text says how it behaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use hei_messaging::{Checked, Effects, Taken};
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Conn, Failed, Store};
use hei_values::{Code, HeiId, Millis, Refused};
use prost::bytes::Bytes;
use sea_orm::sea_query::{Table, TableCreateStatement};
use sea_orm::{ActiveValue::Set, EntityTrait as _, QueryOrder as _};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};
use uuid::Uuid;

pub const KIND: &str = "hei.test.note";

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notes")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        /// "taken" or "answered".
        pub how: String,
        pub text: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub struct Notes {
    knows: AtomicBool,
    fails: AtomicBool,
    tolerates: AtomicBool,
    /// Under whose key answers are kept.
    pub subject: Option<Uuid>,
}

impl Notes {
    pub fn new(subject: Option<Uuid>) -> Arc<Self> {
        let (knows, fails, tolerates) = (true.into(), false.into(), false.into());
        Arc::new(Self { knows, fails, tolerates, subject })
    }

    /// As an older version that does not know notes yet, or after its update.
    pub fn know(&self, knows: bool) {
        self.knows.store(knows, Ordering::Relaxed);
    }

    /// As with a full disk, or after.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    /// Takes what it would refuse otherwise.
    pub fn tolerate(&self, tolerates: bool) {
        self.tolerates.store(tolerates, Ordering::Relaxed);
    }
}

impl Effects for Notes {
    fn knows(&self, kind: &str, version: u32) -> bool {
        kind == "hei.test.letter"
            || (kind == KIND && (1..=2).contains(&version) && self.knows.load(Ordering::Relaxed))
    }

    fn check(&self, _: &EnvelopeHeader, payload: &Bytes) -> Result<Checked, Refused> {
        let text = String::from_utf8(payload.to_vec()).unwrap();
        match text.as_str() {
            "not mine" if !self.tolerates.load(Ordering::Relaxed) => {
                Err(Refused::new(Code::PermissionDenied, "NOT_DATA_OWNER", "not yours"))
            }
            "poison" => Err(Refused::internal("it hurts")),
            _ => Ok(Arc::new(text)),
        }
    }

    fn received(
        &self,
        conn: Conn,
        _: &HeiId,
        _: &EnvelopeHeader,
        checked: Checked,
        _: Millis,
    ) -> BoxFuture<'static, Result<Taken, Failed>> {
        let text = checked.downcast::<String>().unwrap();
        let (subject, fails) = (self.subject, self.fails.load(Ordering::Relaxed));
        Box::pin(async move {
            write(&conn, "taken", &text).await?;
            if fails {
                return Err(Refused::new(Code::Unavailable, "DATABASE_DOWN", "no disk").into());
            }
            if text.as_str() == "too late" {
                let late = Refused::new(Code::FailedPrecondition, "DEADLINE_PASSED", "late");
                return Err(late.into());
            }
            Ok(Taken { answer: format!("thanks for {text}").into(), subject })
        })
    }

    fn answered(
        &self,
        conn: Conn,
        _: &HeiId,
        _: &EnvelopeHeader,
        answer: &Bytes,
        _: Millis,
    ) -> BoxFuture<'static, Result<(), Failed>> {
        let answer = String::from_utf8(answer.to_vec()).unwrap();
        Box::pin(async move {
            write(&conn, "answered", &answer).await?;
            match answer.as_str() {
                "thanks for nothing" => {
                    Err(Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", "no").into())
                }
                _ => Ok(()),
            }
        })
    }
}

async fn write(conn: &Conn, how: &str, text: &str) -> Result<(), Failed> {
    let row =
        row::ActiveModel { how: Set(how.into()), text: Set(text.into()), ..Default::default() };
    row::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Everything that notes did, in order: "taken: hello".
pub async fn done(store: &Store) -> Vec<String> {
    let rows = row::Entity::find().order_by_asc(row::Column::Id).all(&store.reader()).await;
    rows.unwrap().into_iter().map(|row| format!("{}: {}", row.how, row.text)).collect()
}

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut all = hei_store::migrations();
    all.extend(hei_evidence::migrations());
    all.extend(hei_messaging::migrations());
    all.push(Box::new(Create));
    all
}

struct Create;

impl MigrationName for Create {
    fn name(&self) -> &str {
        "suite_0001_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Create {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await
    }
}

fn table() -> TableCreateStatement {
    Table::create()
        .table("notes")
        .col(
            sea_orm::sea_query::ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(hei_store::schema::text("how"))
        .col(hei_store::schema::text("text"))
        .take()
}
