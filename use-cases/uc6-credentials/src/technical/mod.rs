//! How transcripts travel and are kept: handlers, tables, migrations. No business rule.

pub mod answered;
pub mod archive;
pub mod campus;
mod files;
pub mod importing;
pub mod migrations;
pub mod peer;
pub mod received;
mod record;
mod tables;
pub mod written;

pub use tables::transcripts::Entity as Transcripts;
