//! hei-elmo: the EMREX document ELMO 1.6, 1.7, 2.0 and 2.1.1, read to a typed
//! model and written as 2.1.1. It knows nothing of transcripts, subjects or
//! the node; it repairs nothing in silence and invents nothing.
//!
//! A fault refuses the document, all faults of it at once, each with its path.
//! A deviation is harmless; the document is read and the deviation listed.
//! What has no place in the model is named in [`Elmo::unread`].

mod address;
mod checks;
mod credits;
mod date;
mod decimal;
mod fits;
mod leaf;
mod limits;
mod model;
mod notes;
pub mod path;
mod read;
mod table;
pub mod vocabulary;
mod write;

pub use credits::{scheme_key, total};
pub use date::{DateFlaw, Written};
pub use decimal::Decimal;
pub use fits::left_out;
pub use hei_xml::{Trouble, Wrapping, carriable, wrapping};
pub use limits::{ATTACHMENT_SETTING, Limits};
pub use model::*;
pub use notes::{Deviation, Fault, Unread};
pub use read::{Read, Refused, Version, read};
pub use write::write;

/// The namespace of ELMO 1.0 to 1.7, and of the tag 2.0.0.
pub const NAMESPACE_V1: &str = "https://github.com/emrex-eu/elmo-schemas/tree/v1";
/// The namespace of ELMO 2.1.
pub const NAMESPACE_V2: &str = "https://github.com/emrex-eu/elmo-schemas/tree/v2";

#[cfg(test)]
mod tests;
