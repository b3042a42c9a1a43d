//! Who calls.

use hei_proto::hei::common::v1::{Identifier, Role};

use crate::HeiId;

/// An authenticated caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its name in the configuration, or "peers/{domain}"; stands in logs.
    pub client: String,
    /// What it may be.
    pub roles: Vec<Role>,
    /// The learner that a caller of role learner is.
    pub learner: Option<Identifier>,
    /// The institution of a caller of role peer.
    pub peer: Option<HeiId>,
}

impl Principal {
    /// A partner's node.
    pub fn peer(institution: HeiId) -> Self {
        Self {
            client: format!("peers/{institution}"),
            roles: vec![Role::Peer],
            learner: None,
            peer: Some(institution),
        }
    }

    /// A client of the campus.
    pub fn campus(name: &str, roles: Vec<Role>, learner: Option<Identifier>) -> Self {
        Self { client: name.to_owned(), roles, learner, peer: None }
    }

    /// Whether it has one of these roles.
    pub fn is_any_of(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|own| roles.contains(own))
    }

    /// Whether it is a learner and nothing more: then it sees its own records only.
    pub fn only_learner(&self) -> bool {
        self.roles.iter().all(|own| *own == Role::Learner)
    }
}
