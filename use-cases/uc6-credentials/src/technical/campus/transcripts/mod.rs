//! `hei.credentials.v1.TranscriptService`.

pub mod changes;
pub mod export;
pub mod get;
pub mod import;
pub mod list;
pub mod send;
pub mod withdraw;
