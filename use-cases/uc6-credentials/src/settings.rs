//! What an operator may set for use case 6.

use serde::Deserialize;

use crate::limits;
use crate::semantic::document::Limits;

/// `[credentials]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the node claims to do.
    pub claims: Vec<Claim>,
    /// Bytes of attachments that one document may bring.
    pub attachment_bytes_max: u64,
}

/// A role that a node may have in use case 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Sends what its own institution awarded, and lets the recipients read it.
    Issuer,
    /// Takes what others send.
    Receiver,
}

impl Claim {
    /// As the descriptor writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "uc6/issuer@1",
            Self::Receiver => "uc6/receiver@1",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            claims: vec![Claim::Issuer, Claim::Receiver],
            attachment_bytes_max: limits::ATTACHMENT_BYTES_DEFAULT,
        }
    }
}

impl Settings {
    /// The limits that a document is read under.
    pub fn document_limits(&self) -> Limits {
        Limits { attachment_bytes_max: self.attachment_bytes_max }
    }
}
