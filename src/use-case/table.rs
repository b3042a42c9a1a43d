//! What the node must know of a table to read and write its rows: keys, revision
//! and whose personal data a row holds.

use hei_store::blobs;
use hei_values::{Etag, Id};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelBehavior, EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait};

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The institution that the row belongs to.
    pub institution: Uuid,
    /// Its identifier.
    pub id: Uuid,
    /// Its revision, from 1.
    pub revision: i64,
    /// The person whose data it holds.
    pub subject: Option<Uuid>,
}

impl Key {
    /// The tag that a caller sees.
    pub fn etag(&self) -> Etag {
        Etag::of(Id(self.id), self.revision)
    }
}

/// A table of a use case.
pub trait Table: EntityTrait<Model = Self::Row, ActiveModel = Self::Draft> {
    /// The row as it is read.
    type Row: ModelTrait<Entity = Self>
        + FromQueryResult
        + IntoActiveModel<Self::Draft>
        + Send
        + Sync;
    /// The row as it is written.
    type Draft: ActiveModelBehavior<Entity = Self> + Send;

    /// The collection in resource names: "transcripts".
    const COLLECTION: &'static str;
    /// The institution's column, first in every key.
    const INSTITUTION: Self::Column;
    /// The identifier's column; lists are in its order.
    const ID: Self::Column;
    /// The revision's column.
    const REVISION: Self::Column;
    /// The column of the person whom a row is about, if it is about one: lists leave out
    /// those who have restricted the processing.
    const SUBJECT: Option<Self::Column> = None;

    /// Whether a change feed tells of its rows.
    const FEED: bool = false;

    /// The key of a row.
    fn key(row: &Self::Row) -> Key;

    /// The resource name of a row.
    fn name(row: &Self::Row) -> String {
        hei_values::name::of(Self::COLLECTION, Id(Self::key(row).id))
    }
}

/// Blobs are the store's; whoever is shown one is shown something about its person.
impl Table for blobs::Entity {
    type Row = blobs::Model;
    type Draft = blobs::ActiveModel;
    const COLLECTION: &'static str = "blobs";
    const INSTITUTION: blobs::Column = blobs::Column::InstitutionId;
    const ID: blobs::Column = blobs::Column::Id;
    const REVISION: blobs::Column = blobs::Column::Revision;
    const SUBJECT: Option<blobs::Column> = Some(blobs::Column::SubjectId);

    fn key(row: &blobs::Model) -> Key {
        Key {
            institution: row.institution_id,
            id: row.id,
            revision: row.revision,
            subject: row.subject_id,
        }
    }
}
