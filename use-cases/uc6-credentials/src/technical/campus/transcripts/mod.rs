//! `hei.credentials.v1.TranscriptService`.

pub mod changes;
pub mod export;
pub mod get;
pub mod import;
pub mod import_many;
pub mod import_rows;
pub mod list;
pub mod send;
pub mod withdraw;
