//! hei-elmo: what a document may cost. The structure's cap is that of every XML
//! document; attachments have one of their own.

use hei_xml::Cap;

/// The setting that a refusal names when attachments are too large.
pub const ATTACHMENT_SETTING: &str = "attachment_bytes_max";

/// The elements whose text counts as attachment content.
const ATTACHMENT_ELEMENTS: &[(&str, &str)] = &[("attachment", "content")];

/// Faults, deviations and unread pieces that are listed one by one, each. A
/// hostile document has one in every twenty bytes; nobody reads ten thousand.
pub(crate) const NOTES_MAX: usize = 10_000;

/// What a document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attachment content in bytes, counted as what its base64 stands for.
    pub attachment_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { attachment_bytes_max: hei_xml::ATTACHMENT_BYTES_MAX }
    }
}

impl Limits {
    pub(crate) fn of_reader(self) -> hei_xml::Limits {
        let cap = Cap { setting: ATTACHMENT_SETTING, bytes: self.attachment_bytes_max };
        hei_xml::Limits::new(cap, ATTACHMENT_ELEMENTS)
    }
}
