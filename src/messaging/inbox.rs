//! The inbox: each message that was taken, by peer and identifier, with the receipt
//! and the answer that a repeat gets. Row, effect and evidence are one transaction.

pub(crate) mod examine;
mod memory;
pub mod persons;
pub mod table;
mod take;

pub use memory::sweep;
