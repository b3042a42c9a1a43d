//! What an owner of tables gives the node so that it can serve persons' rights: plain
//! functions. For a table of records they come from the trait `Record`.

use futures_util::future::BoxFuture;
use hei_store::{Failed, blobs};
use hei_values::{HeiId, Millis, Refused};
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};
use serde_json::Value;

use super::json;
use super::rules::Holding;
use crate::{Call, Read, Table};

/// One thing that is held about a person, as it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The resource name.
    pub name: String,
    /// "application/json", or that of a file.
    pub media_type: String,
    /// The bytes.
    pub content: Content,
}

/// Bytes that are given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// They are at hand.
    Here(Bytes),
    /// They are read when they are given.
    Blob {
        /// Which blob.
        place: blobs::Place,
        /// How many they are.
        size_bytes: u64,
    },
}

impl Piece {
    /// What the node knows of a thing.
    pub fn facts(name: String, facts: &Value) -> Self {
        let content = Content::Here(facts.to_string().into_bytes().into());
        Self { name, media_type: "application/json".to_owned(), content }
    }

    /// A message of the contract.
    ///
    /// # Errors
    /// INTERNAL if the contract has no message of this name.
    pub fn message(
        name: String,
        full_name: &str,
        it: &impl prost::Message,
    ) -> Result<Self, Refused> {
        Ok(Self::facts(name, &json::message(full_name, &it.encode_to_vec())?))
    }

    /// A file as it came.
    pub fn file(row: &blobs::Model) -> Self {
        let size_bytes = u64::try_from(row.size_bytes).unwrap_or(0);
        let content = Content::Blob { place: row.place(), size_bytes };
        let media_type = match row.media_type.as_str() {
            "" => "application/octet-stream".to_owned(),
            known => known.to_owned(),
        };
        Self { name: blobs::Entity::name(row), media_type, content }
    }

    /// How many bytes it has.
    pub fn size_bytes(&self) -> u64 {
        match &self.content {
            Content::Here(bytes) => bytes.len() as u64,
            Content::Blob { size_bytes, .. } => *size_bytes,
        }
    }
}

/// A row of a table, as it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The row.
    pub id: Uuid,
    /// What is given.
    pub pieces: Vec<Piece>,
}

/// The row about a person that comes after an identifier.
pub type Next =
    for<'a> fn(&'a Read, Uuid, Option<Uuid>) -> BoxFuture<'a, Result<Option<Exported>, Failed>>;
type Held = for<'a> fn(&'a Read, Uuid) -> BoxFuture<'a, Result<Vec<Holding>, Failed>>;
type Erase = for<'a> fn(&'a mut Call, Uuid) -> BoxFuture<'a, Result<(), Failed>>;
type Restrict = for<'a> fn(&'a mut Call, Uuid, bool) -> BoxFuture<'a, Result<(), Failed>>;

/// What one owner of tables holds about persons. A table with a column `subject_id` that
/// no `SubjectData` names does not pass tests/tidy.
#[derive(Clone, Copy)]
pub struct SubjectData {
    /// The tables.
    pub tables: &'static [&'static str],
    /// What is held of a person, by class.
    pub held: Held,
    /// One function a table, which gives its rows.
    pub export: &'static [Next],
    /// Removes what is held of a person.
    pub erase: Erase,
    /// What else a restriction, or its end, does beside what the node does by itself.
    pub restrict: Restrict,
    /// Whether it is a reason to know the person: where none is left, the person is erased.
    pub is_reason: bool,
    /// Records: what partners call by name, and what ends by date.
    pub records: Option<Records>,
}

/// A record that a partner has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its row.
    pub id: Uuid,
    /// About whom.
    pub subject: Uuid,
    /// Its class of data.
    pub class: &'static str,
    /// When it last changed.
    pub changed: Millis,
}

type Find = for<'a> fn(&'a Read, &'a HeiId, &'a str) -> BoxFuture<'a, Result<Vec<Sent>, Failed>>;
type EraseSome = for<'a> fn(&'a mut Call, Vec<Uuid>) -> BoxFuture<'a, Result<(), Failed>>;
type Others = for<'a> fn(&'a Read, &'a HeiId, Uuid) -> BoxFuture<'a, Result<bool, Failed>>;
type Due =
    for<'a> fn(&'a Read, &'a str, Millis, u64) -> BoxFuture<'a, Result<Vec<(Uuid, Uuid)>, Failed>>;

/// Records one by one.
#[derive(Clone, Copy)]
pub struct Records {
    /// The classes of data that retention rules may name.
    pub classes: &'static [&'static str],
    /// The records that a partner has sent under a name of its own.
    pub sent_as: Find,
    /// Whether there is a record about a person that did not come from a partner.
    pub others: Others,
    /// Records of a class that last changed before an instant, each with its person.
    pub due: Due,
    /// Removes records of one person and what belongs to them.
    pub erase: EraseSome,
}

/// A table of records about persons.
pub trait Record: Table {
    /// The table, and those of what belongs to its records.
    const TABLES: &'static [&'static str];
    /// The person's column.
    const PERSON: Self::Column;
    /// The column with the last change in milliseconds; retention counts from there.
    const CHANGED: Self::Column;
    /// The classes of data that its records belong to, each to one.
    const CLASSES: &'static [&'static str];
    /// One function a table, which gives its rows.
    const EXPORT: &'static [Next];

    /// The records of a class at the institution `own`.
    fn of_class(class: &str, own: &HeiId) -> Condition;

    /// The records that a partner has sent; under this name where one is given.
    fn sent_by(peer: &HeiId, name: Option<&str>) -> Condition;

    /// Removes records of one person and what belongs to them.
    fn erase(call: &mut Call, rows: Vec<Self::Row>) -> BoxFuture<'_, Result<(), Failed>>;
}

/// The functions of a table of records.
pub fn subject_data<T: Record>() -> SubjectData {
    SubjectData {
        tables: T::TABLES,
        held: held::<T>,
        export: T::EXPORT,
        erase: erase_all::<T>,
        restrict: nothing,
        is_reason: true,
        records: Some(Records {
            classes: T::CLASSES,
            sent_as: sent_as::<T>,
            others: others::<T>,
            due: due::<T>,
            erase: erase_some::<T>,
        }),
    }
}

/// For data that waits for nobody.
pub(super) fn nothing(_: &mut Call, _: Uuid, _: bool) -> BoxFuture<'_, Result<(), Failed>> {
    Box::pin(async { Ok(()) })
}

fn about<T: Record>(read: &Read, subject: Uuid) -> Select<T> {
    read.own::<T>().filter(T::PERSON.eq(subject))
}

fn held<T: Record>(read: &Read, subject: Uuid) -> BoxFuture<'_, Result<Vec<Holding>, Failed>> {
    Box::pin(async move {
        let mut all = Vec::new();
        for class in T::CLASSES {
            let counted: Option<(i64, Option<i64>, Option<i64>)> = about::<T>(read, subject)
                .filter(T::of_class(class, &read.institution().domain))
                .select_only()
                .column_as(T::ID.count(), "count")
                .column_as(T::CHANGED.min(), "first")
                .column_as(T::CHANGED.max(), "last")
                .into_tuple()
                .one(read.conn())
                .await?;
            let (count, first, last) = counted.unwrap_or_default();
            let at = |ms: Option<i64>| Millis(ms.unwrap_or_default());
            all.push(Holding {
                collection: T::COLLECTION,
                class,
                count: u64::try_from(count).unwrap_or(0),
                first: at(first),
                last: at(last),
            });
        }
        Ok(all)
    })
}

fn erase_all<T: Record>(call: &mut Call, subject: Uuid) -> BoxFuture<'_, Result<(), Failed>> {
    Box::pin(async move {
        let rows = about::<T>(call, subject).all(call.conn()).await?;
        T::erase(call, rows).await
    })
}

fn erase_some<T: Record>(call: &mut Call, ids: Vec<Uuid>) -> BoxFuture<'_, Result<(), Failed>> {
    Box::pin(async move {
        let rows = call.own::<T>().filter(T::ID.is_in(ids)).all(call.conn()).await?;
        T::erase(call, rows).await
    })
}

fn sent_as<'a, T: Record>(
    read: &'a Read,
    peer: &'a HeiId,
    name: &'a str,
) -> BoxFuture<'a, Result<Vec<Sent>, Failed>> {
    Box::pin(async move {
        let sent = read.own::<T>().filter(T::sent_by(peer, Some(name)));
        let mut all = Vec::new();
        for class in T::CLASSES {
            let found: Vec<(Uuid, Uuid, i64)> = sent
                .clone()
                .filter(T::of_class(class, &read.institution().domain))
                .select_only()
                .columns([T::ID, T::PERSON, T::CHANGED])
                .into_tuple()
                .all(read.conn())
                .await?;
            all.extend(found.into_iter().map(|(id, subject, changed)| Sent {
                id,
                subject,
                class,
                changed: Millis(changed),
            }));
        }
        Ok(all)
    })
}

fn others<'a, T: Record>(
    read: &'a Read,
    peer: &'a HeiId,
    subject: Uuid,
) -> BoxFuture<'a, Result<bool, Failed>> {
    Box::pin(async move {
        let found: Option<Uuid> = about::<T>(read, subject)
            .filter(T::sent_by(peer, None).not())
            .select_only()
            .column(T::ID)
            .into_tuple()
            .one(read.conn())
            .await?;
        Ok(found.is_some())
    })
}

fn due<'a, T: Record>(
    read: &'a Read,
    class: &'a str,
    before: Millis,
    limit: u64,
) -> BoxFuture<'a, Result<Vec<(Uuid, Uuid)>, Failed>> {
    Box::pin(async move {
        let due = read
            .own::<T>()
            .filter(T::of_class(class, &read.institution().domain))
            .filter(T::CHANGED.lte(before.0))
            .order_by_asc(T::ID)
            .limit(limit)
            .select_only()
            .columns([T::ID, T::PERSON]);
        Ok(due.into_tuple().all(read.conn()).await?)
    })
}
