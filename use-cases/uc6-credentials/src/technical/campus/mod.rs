//! What the campus may call, one file per method.

pub mod transcripts;
