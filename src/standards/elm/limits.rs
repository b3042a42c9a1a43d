//! hei-elm: what a document may cost, each maximum with its reason.

use crate::trouble::Trouble;

/// The setting that a refusal names when attachments are too large.
pub const ATTACHMENT_SETTING: &str = "attachment_bytes_max";

/// What a refusal names when the rest is too large; no setting changes it.
pub(crate) const STRUCTURE: &str = "json.structure_bytes_max";

/// Everything that is not attachment content. ELM repeats the awarding body at
/// each course: 60 courses have some 500 KB, and a faculty's 1000 still fit.
pub(crate) const STRUCTURE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Attachment content after base64, unless the caller says otherwise: pages of
/// a display as pictures, a scanned diploma.
const ATTACHMENT_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// Values of the tree. Eight MiB of `0,` would need 32 bytes of tree for 2 of text.
pub(crate) const VALUES_MAX: usize = 500_000;

/// Members of one object. A member is looked for among all; no class has a hundred.
pub(crate) const MEMBERS_MAX: usize = 1_000;

/// Texts of one member. A text is put beside those of its language, which are looked
/// for; the EU has 24 languages, and no member needs forty texts in each.
pub(crate) const TEXTS_MAX: usize = 1_000;

/// Nesting. Each level is a frame on the stack of the typed reader; serde_json's
/// own bound, 128, is the one behind it. Thirty courses within each other have 70.
pub(crate) const DEPTH_MAX: usize = 100;

/// Faults, deviations and unread pieces that are listed one by one, each. Nobody
/// reads two thousand, and a hostile path has 8 KB.
pub(crate) const NOTES_MAX: usize = 2_000;

/// What a document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attachment content (pictures of displays, logos, files) in bytes, counted
    /// as what its base64 stands for.
    pub attachment_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { attachment_bytes_max: ATTACHMENT_BYTES_MAX }
    }
}

impl Limits {
    /// Attachment content as it stands in the text: four letters for three bytes.
    fn attachment_text_bytes(&self) -> u64 {
        self.attachment_bytes_max.div_ceil(3).saturating_mul(4)
    }

    /// Before anything is parsed. A container may carry the payload with escapes
    /// and has a seal beside it, for which the structure's room is enough.
    pub(crate) fn check_whole(&self, bytes: usize) -> Result<(), Trouble> {
        let max = STRUCTURE_BYTES_MAX.saturating_add(self.attachment_text_bytes());
        self.within(bytes as u64, max, STRUCTURE, STRUCTURE_BYTES_MAX)
    }

    /// When it is known what of the text is attachment content.
    pub(crate) fn check_parts(&self, text: usize, attachments: usize) -> Result<(), Trouble> {
        let max = self.attachment_text_bytes();
        self.within(attachments as u64, max, ATTACHMENT_SETTING, self.attachment_bytes_max)?;
        let structure = text.saturating_sub(attachments) as u64;
        self.within(structure, STRUCTURE_BYTES_MAX, STRUCTURE, STRUCTURE_BYTES_MAX)
    }

    fn within(
        &self,
        bytes: u64,
        max: u64,
        setting: &'static str,
        limit: u64,
    ) -> Result<(), Trouble> {
        if bytes > max { Err(Trouble::TooLarge { setting, limit }) } else { Ok(()) }
    }
}
