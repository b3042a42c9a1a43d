//! hei-xml: how much of the caps a document has used so far.

use crate::limits::Limits;
use crate::trouble::Trouble;

#[derive(Default)]
pub(crate) struct Spent {
    structure_bytes: u64,
    attachment_bytes: u64,
}

impl Spent {
    /// Counts markup and ordinary text.
    pub fn structure(&mut self, bytes: usize, limits: &Limits) -> Result<(), Trouble> {
        self.structure_bytes = self.structure_bytes.saturating_add(bytes as u64);
        if self.structure_bytes > limits.structure.bytes {
            return Err(Trouble::TooLarge {
                setting: limits.structure.setting,
                limit: limits.structure.bytes,
            });
        }
        Ok(())
    }

    /// Counts attachment content. Line breaks in base64 are not content, so
    /// they go to the structure.
    pub fn attachment(&mut self, text: &str, limits: &Limits) -> Result<(), Trouble> {
        let spaces = text.bytes().filter(u8::is_ascii_whitespace).count();
        self.structure(spaces, limits)?;
        let content = text.len().saturating_sub(spaces) as u64;
        self.attachment_bytes = self.attachment_bytes.saturating_add(content);
        if self.attachment_bytes > limits.attachment_text_bytes() {
            return Err(Trouble::TooLarge {
                setting: limits.attachments.setting,
                limit: limits.attachments.bytes,
            });
        }
        Ok(())
    }
}
