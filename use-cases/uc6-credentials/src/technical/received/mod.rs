//! Messages that this use case takes, one file per kind.

pub mod transcript;
pub mod withdrawal;
