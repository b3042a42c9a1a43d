//! How bytes reach a peer and come back. A trait, so that tests can cut it anywhere.

mod codec;
mod network;

use std::time::Duration;

use futures_util::future::BoxFuture;
use hei_values::{Code, HeiId, Refused};
use prost::bytes::Bytes;

pub use network::{Network, identity};

/// Reaches peers.
pub trait Wire: Send + Sync + 'static {
    /// Calls a method ("/package.Service/Method") of a peer's node, once.
    fn call(
        &self,
        peer: &HeiId,
        path: &'static str,
        request: Bytes,
        deadline: Duration,
    ) -> BoxFuture<'static, Result<Bytes, Failure>>;

    /// Fetches the document at `/.well-known/hei-node` of a node that is not yet trusted.
    fn fetch(&self, url: &str) -> BoxFuture<'static, Result<Bytes, Refused>>;
}

/// Why a call to a peer gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code.
    pub code: Code,
    /// The reason that the peer gave; PEER_UNREACHABLE if there was no peer to give one.
    pub reason: String,
    /// The peer's words, or what is wrong with the way there. Never logged.
    pub message: String,
    /// When the peer asks to be tried again.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Nobody answered.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self {
            code: Code::Unavailable,
            reason: "PEER_UNREACHABLE".to_owned(),
            message: message.into(),
            retry_after: None,
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code,
            reason: refused.reason.to_owned(),
            message: refused.message,
            retry_after: refused.retry_after,
        }
    }
}
