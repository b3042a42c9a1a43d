//! What a node claims of a use case, and what it answers where it does not.

use hei_values::{Code, Refused};

use crate::{Handler, Received, UseCase};

impl Handler {
    /// An operation of a claim: a node without it says so.
    #[must_use]
    pub fn of(self, claim: &'static str) -> Self {
        Self { claim: Some(claim), ..self }
    }

    pub(crate) fn must_be_offered(&self) -> Result<(), Refused> {
        let Some(claim) = self.claim.filter(|_| !self.is_offered) else { return Ok(()) };
        let told = format!("this node does not claim {claim}, of which {} is a part", self.path);
        Err(Refused::new(Code::Unimplemented, "ROLE_NOT_SUPPORTED", told).with("role", claim))
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
    pub fn claiming(mut self, claims: Vec<&'static str>) -> Self {
        let makes = |claim: Option<&str>| claim.is_none_or(|claim| claims.contains(&claim));
        for handler in self.campus.iter_mut().chain(&mut self.peer) {
            handler.is_offered = makes(handler.claim);
        }
        self.received.retain(|kind| makes(kind.claim));
        Self { claims, ..self }
    }
}
