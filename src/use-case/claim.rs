//! What a node claims of a use case, and what it answers where it does not.

use std::sync::Arc;

use hei_values::{Code, Principal, Refused};
use prost::bytes::Bytes;

use crate::handler::{Run, Served};
use crate::{Handler, Node, Received, UseCase};

/// Stands for the handler of an operation that is not offered.
struct NotClaimed {
    path: &'static str,
    claim: &'static str,
}

impl Run for NotClaimed {
    fn run<'a>(&'a self, _: &'a Arc<Node>, _: &'a Principal, _: Bytes) -> Served<'a> {
        Box::pin(async move {
            let Self { path, claim } = self;
            let told = format!("this node does not claim {claim}, of which {path} is a part");
            Err(Refused::new(Code::Unimplemented, "ROLE_NOT_SUPPORTED", told).with("role", *claim))
        })
    }
}

impl Handler {
    /// An operation of a claim: a node without it says so.
    #[must_use]
    pub fn of(self, claim: &'static str) -> Self {
        Self { claim: Some(claim), ..self }
    }

    fn unless_claimed(self, claims: &[&str]) -> Self {
        match self.claim {
            Some(claim) if !claims.contains(&claim) => {
                let run = Arc::new(NotClaimed { path: self.path, claim });
                Self { run, is_offered: false, ..self }
            }
            _ => self,
        }
    }
}

impl Received {
    /// A kind that only a node with a claim takes.
    #[must_use]
    pub fn of(self, claim: &'static str) -> Self {
        Self { claim: Some(claim), ..self }
    }
}

impl UseCase {
    /// With these claims alone: what belongs to another is not offered, and messages for it are
    /// of a kind that the node does not know.
    #[must_use]
    pub fn claiming(self, claims: Vec<&'static str>) -> Self {
        let offered = |handlers: Vec<Handler>| {
            handlers.into_iter().map(|one| one.unless_claimed(&claims)).collect()
        };
        let (campus, peer) = (offered(self.campus), offered(self.peer));
        let is_taken = |one: &Received| one.claim.is_none_or(|claim| claims.contains(&claim));
        let received = self.received.into_iter().filter(is_taken).collect();
        Self { campus, peer, received, claims, ..self }
    }
}
