//! The contract between campus, node and partner nodes: messages, and what the
//! contract says of each method and each kind of message. Knows only prost and
//! prost-reflect: no transport, no store, no rule.

#[allow(clippy::all, clippy::pedantic, rustdoc::all)]
mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
pub use messages::{google, hei};

mod contract {
    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

pub mod text;

use hei::common::v1::{CodedValue, Role};

/// The compiled contract with its options and comments, for reflection,
/// REST and tests.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.binpb"));

/// What the contract says about access to a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The roles of which a caller needs one.
    pub roles: &'static [Role],
    /// Whether the call moves personal data and so needs a purpose.
    pub personal: bool,
    /// Whether it serves the rights of the person whom it is about, and so is answered
    /// although the person has restricted all processing.
    pub serves_rights: bool,
    /// The largest request in bytes; of an upload, its chunks together.
    pub request_bytes_max: u32,
}

/// A request, and what the contract says about its method.
pub trait Rpc: prost::Message + Default + Send + Sync + 'static {
    /// What the method answers.
    type Answer: prost::Message + Default + Send + Sync + 'static;
    /// "/package.Service/Method".
    const PATH: &'static str;
    /// Who may call.
    const ACCESS: Access;
    /// The key that makes a repeated call harmless, where the request has one.
    fn request_id(&self) -> Option<&str>;
    /// The revision that the caller saw, where the request has one.
    fn etag(&self) -> Option<&str>;
    /// The purpose of a call with personal data.
    fn purpose(&self) -> Option<&CodedValue>;
}

/// How many messages of a method come and go. None streams both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One comes, and one goes.
    Unary,
    /// One comes, and answers go until the caller has enough.
    Feed,
    /// Many come, and one answer goes.
    Upload,
}

/// The request of a method that answers once.
pub trait Unary: Rpc {}

/// The request of a method that answers until the caller has enough.
pub trait Feed: Rpc {}

/// The messages of a method that takes many and answers once: the first says what
/// comes, and each carries a chunk of it.
pub trait Upload: Rpc {
    /// How many bytes the chunks are together, where the first message says so; else 0.
    fn size_bytes(&self) -> i64;
    /// The chunk, and the message without it.
    fn take_chunk(&mut self) -> prost::bytes::Bytes;
}

/// A message that travels between nodes in a signed envelope.
pub trait Kind: prost::Message + Default + Send + Sync + 'static {
    /// The receiver's immediate answer.
    type Answer: prost::Message + Default + Send + Sync + 'static;
    /// The kind's name in the header.
    const NAME: &'static str;
    /// The kind's version.
    const VERSION: u32;
}
