//! The small types that every room of the node speaks in. Pure: no I/O, no
//! async, no clock (time is an argument), no randomness of its own.

mod decision;
mod document;
pub mod faults;
mod hei_id;
mod id;
mod moment;
pub mod name;
mod principal;
pub mod purpose;
mod refused;
mod subject;

pub use decision::{Decision, Disclosure, Effect, Machine, Move, Note, Outgoing, Step, Version};
pub use document::{Mapped, Valid};
pub use faults::{Faults, NoFaults};
pub use hei_id::HeiId;
pub use hei_proto::hei::common::v1::{Identifier, Loss, Purpose, Role};
pub use hei_proto::hei::node::v1::{NoticeKind, NoticeState};
pub use id::{Etag, Id, NotAnId};
pub use moment::{Clock, Millis};
pub use principal::Principal;
pub use refused::{Code, Refused, Violation, Violations};
pub use subject::{SubjectIdentifier, folded_scheme, is_placeholder};
