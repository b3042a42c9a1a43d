//! hei-elm: the European Learning Model as European Digital Credentials carry
//! it, ELM 3.1 and 3.2 in JSON-LD, read to a typed model and written as 3.2.
//! It knows nothing of transcripts, subjects, keys or the node; it fetches
//! nothing, checks no seal, repairs nothing in silence and invents nothing.
//!
//! It reads the JSON tree, not the graph: a member, an array of one and a
//! language map are the same, a reference is not followed, and two nodes with
//! one id stay two. A fault refuses the document, all faults of it at once,
//! each with its JSON path. A deviation is harmless; the document is read and
//! the deviation listed. What has no place in the model stands in
//! [`Read::unread`].

mod at;
mod checks;
mod class;
mod container;
mod context;
mod field;
mod limits;
mod model;
mod notes;
mod parse;
mod payload;
mod read;
mod schemes;
mod survey;
mod terms;
mod texts;
mod tree;
mod trouble;
mod value;
pub mod vocabulary;
mod write;

pub use container::Form;
pub use context::{ContextCopy, EDC_CONTEXT, VC_CONTEXT};
pub use hei_elmo::{DateFlaw, Decimal, Deviation, Fault, Unread, Written};
pub use limits::{ATTACHMENT_SETTING, Limits};
pub use model::*;
pub use payload::Seal;
pub use read::{Read, Refused, read};
pub use texts::{Text, Texts, UNDETERMINED};
pub use trouble::Trouble;
pub use value::{Duration, Whole};
pub use write::write;

#[cfg(test)]
mod tests;
