//! How the suite speaks to the node: gRPC by bytes, and what a refusal says.

mod campus;
mod contract;
mod get;
mod raw;
mod refusal;

pub use campus::Campus;
pub use contract::{Contract, Method};
pub use get::get;
pub use raw::{Raw, streaming, unary};
pub use refusal::Refusal;

/// What a call comes to at the node: its answer or its refusal.
pub type Answered<T> = Result<T, Refusal>;
