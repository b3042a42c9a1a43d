//! What an operator may set for use case 6.

use serde::Deserialize;

use crate::limits;
use crate::semantic::document::Limits;

/// `[credentials]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Bytes of attachments that one document may bring.
    pub attachment_bytes_max: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { attachment_bytes_max: limits::ATTACHMENT_BYTES_DEFAULT }
    }
}

impl Settings {
    /// The limits that a document is read under.
    pub fn document_limits(&self) -> Limits {
        Limits { attachment_bytes_max: self.attachment_bytes_max }
    }
}
