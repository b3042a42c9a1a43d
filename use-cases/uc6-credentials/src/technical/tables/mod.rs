//! The tables of this use case. `visible` is the only source of queries, so that
//! every list and count starts from what the caller may see.

pub mod documents;
pub mod held;
pub mod import_rows;
pub mod recipients;
pub mod transcripts;

/// The rows' columns that the node itself needs are named alike in every table.
macro_rules! table {
    ($collection:literal $(, FEED = $feed:literal)?) => {
        impl hei_use_case::Table for Entity {
            type Row = Model;
            type Draft = ActiveModel;
            const COLLECTION: &'static str = $collection;
            const INSTITUTION: Column = Column::InstitutionId;
            const ID: Column = Column::Id;
            const REVISION: Column = Column::Revision;
            const SUBJECT: Option<Column> = Some(Column::SubjectId);
            $(const FEED: bool = $feed;)?

            fn key(row: &Model) -> hei_use_case::Key {
                hei_use_case::Key {
                    institution: row.institution_id,
                    id: row.id,
                    revision: row.revision,
                    subject: Some(row.subject_id),
                }
            }
        }
    };
}
pub(crate) use table;
