//! What proves things later: the node's keys, the log of what happened, and who
//! received whose data and was told what became of it. Knows no message kind, no transport and no use case.

pub mod disclosures;
pub mod keys;
pub mod log;
mod migrations;
pub mod notices;

pub use migrations::migrations;
