//! Table `uc6_documents`: the documents as they came in, one row a revision of a record;
//! their bytes are blobs.

use hei_store::blobs;
use hei_use_case::{Failed, Read};
use hei_values::Refused;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "uc6_documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub revision: i64,
    pub subject_id: Uuid,
    pub transcript_id: Uuid,
    /// The revision of the record that these bytes gave.
    pub transcript_revision: i64,
    /// Which transcript of the document the record is, from 0.
    pub report_index: i64,
    /// How many transcripts the document has.
    pub report_count: i64,
    pub sha256: Vec<u8>,
    pub receive_ms: i64,
    /// That of the bytes; empty in rows of before it was kept.
    pub media_type: String,
    /// The blob of the bytes.
    pub blob_id: Uuid,
}

/// A document with its bytes.
pub struct Document {
    pub row: Model,
    pub bytes: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

super::table!("documents");

/// The document of a record that the caller may see, at its present revision.
///
/// # Errors
/// INTERNAL if it is not there: a record is never stored without its document.
pub async fn of(read: &Read, record: &super::transcripts::Model) -> Result<Document, Failed> {
    let query = read
        .own::<Entity>()
        .filter(Column::TranscriptId.eq(record.id))
        .filter(Column::TranscriptRevision.lte(record.revision))
        .order_by_desc(Column::TranscriptRevision);
    let none = || Refused::internal(format!("{} has no document", record.name()));
    let row = read.one(query).await?.ok_or_else(none)?;
    let subject = Some(row.subject_id);
    let place = blobs::Place { institution: row.institution_id, subject, id: row.blob_id };
    let bytes = blobs::all(read.conn(), &place).await?;
    match bytes.is_empty() {
        false => Ok(Document { row, bytes }),
        true => Err(none().into()),
    }
}

impl Model {
    /// The media type of the bytes, where it is known.
    pub fn media_type_or_bytes(&self) -> String {
        match self.media_type.as_str() {
            "" => "application/octet-stream".to_owned(),
            known => known.to_owned(),
        }
    }
}
