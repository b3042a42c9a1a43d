//! Everybody who might call.

use hei_proto::hei::node::v1::{ResumePeerRequest, SuspendPeerRequest};
use hei_testkit::client::Client;
use hei_testkit::nodes::ROLES;

use super::world::World;
use crate::partner;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A client of the campus listener with one role.
    Campus(&'static str),
    /// The operator on the ops listener.
    Ops,
    /// Nobody who says so.
    Nobody,
    /// Somebody with a token that nobody has.
    Guessing,
    /// A partner.
    Peer,
    /// A partner with whom all exchange rests.
    Suspended,
    /// A node that no operator has added.
    Stranger,
}

impl Caller {
    /// On the campus and ops listeners.
    pub fn campus() -> Vec<Self> {
        let roles = ROLES.into_iter().map(Self::Campus);
        roles.chain([Self::Ops, Self::Nobody, Self::Guessing]).collect()
    }

    /// The role that it has, where it is let in.
    pub fn role(self) -> Option<&'static str> {
        match self {
            Self::Campus(role) => Some(role),
            Self::Ops => Some("operator"),
            Self::Peer => Some("peer"),
            Self::Nobody | Self::Guessing | Self::Suspended | Self::Stranger => None,
        }
    }

    /// The code and reason of whoever is not let in at all.
    pub fn at_the_door(self) -> (tonic::Code, &'static str) {
        use tonic::Code::{PermissionDenied, Unauthenticated};
        match self {
            Self::Nobody => (Unauthenticated, "NO_CREDENTIAL"),
            Self::Suspended => (PermissionDenied, "PEER_SUSPENDED"),
            Self::Stranger => (PermissionDenied, "PEER_UNTRUSTED"),
            _ => (Unauthenticated, "TOKEN_INACTIVE"),
        }
    }

    /// Whether it sees only what concerns it: its own records, or what it was sent.
    pub fn is_narrow(self) -> bool {
        matches!(self.role(), Some("learner" | "peer"))
    }

    /// Why it calls.
    pub fn purpose(self) -> &'static str {
        if self.role() == Some("learner") { "learner_access" } else { "recognition" }
    }

    /// The connection of a caller.
    pub async fn client(self, world: &World) -> Client {
        let (alpha, campus) = (&world.alpha, world.alpha.ports.campus);
        match self {
            Self::Campus(role) => alpha.campus(role).await,
            Self::Ops => alpha.operator().await,
            Self::Nobody => Client::new(campus, None).await,
            Self::Guessing => Client::new(campus, Some("guessed")).await,
            Self::Peer | Self::Suspended => partner::calling(&world.beta, alpha),
            Self::Stranger => partner::calling(&world.gamma, alpha),
        }
    }

    /// Brings about that it is what it is.
    pub async fn prepare(self, world: &World) {
        let (operator, name) = (world.alpha.operator().await, "peers/beta.example".to_owned());
        if self == Self::Suspended {
            let request = SuspendPeerRequest { name, ..Default::default() };
            operator.call(request).await.unwrap();
        }
    }

    /// And that it is so no more.
    pub async fn leave(self, world: &World) {
        let (operator, name) = (world.alpha.operator().await, "peers/beta.example".to_owned());
        if self == Self::Suspended {
            let request = ResumePeerRequest { name, ..Default::default() };
            operator.call(request).await.unwrap();
        }
    }
}
