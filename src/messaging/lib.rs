//! Signed exchange between nodes: envelopes, outbox, inbox, receipts, and the peers
//! whose keys are pinned. Knows no kind of message and no use case: what messages do
//! is behind the trait `Effects`.

pub mod descriptor;
mod desk;
mod effects;
pub mod envelope;
#[cfg(test)]
mod fixtures;
pub mod inbox;
pub mod limits;
mod messaging;
mod migrations;
pub mod outbox;
pub mod peers;
pub mod receipt;
mod sender;
mod settings;
pub mod window;
pub mod wire;

pub use desk::Desk;
pub use effects::{Checked, Effects, Taken};
pub use hei_evidence::disclosures::Basis;
pub use messaging::{Messaging, Parts};
pub use migrations::migrations;
pub use settings::{Purposes, Settings};
