//! Answers to messages of this use case, one file per kind.

pub mod transcript;
pub mod withdrawal;
