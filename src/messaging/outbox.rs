//! The outbox: every message that left or shall leave, verbatim, with what became of
//! it. A row is written in the transaction of the business change that sends it.

mod counter;
mod enqueue;
pub mod persons;
pub(crate) mod queue;
mod read;
mod replay;
pub mod table;
pub(crate) mod versions;

pub use enqueue::enqueue;
pub use read::{Filter, Row, State, find, page};
pub use replay::replay;
