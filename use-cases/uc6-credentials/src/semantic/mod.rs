//! Semantic: what a transcript of records means, when it is whole, and how it
//! stands in the documents of the field. No I/O, no rule about who may do what.

pub mod document;
pub mod elm;
pub mod elmo;
pub mod inspection;
pub mod record;
pub mod transcript;
