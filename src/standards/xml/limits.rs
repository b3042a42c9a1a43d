//! hei-xml: the maxima of the reader, each with its reason.

/// Everything that is not attachment content. A transcript of 60 courses has
/// some 60 KB; 2 MiB leaves room for a whole faculty and still parses in
/// milliseconds (reliability.md §2.4).
pub const STRUCTURE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Attachment content after base64, unless the caller says otherwise: a scanned
/// diploma with its supplement.
pub const ATTACHMENT_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// Nesting. Recursive readers behind this one need a stack that is bounded.
pub const DEPTH_MAX: usize = 64;

/// Elements. Two MiB of `<a/>` would need 80 bytes of tree for 4 of text.
pub const ELEMENTS_MAX: usize = 100_000;

/// Attributes in the whole document, for the same reason.
pub const ATTRIBUTES_MAX: usize = 100_000;

/// Attributes of one element; comparing each with each must stay cheap.
pub const ATTRIBUTES_PER_ELEMENT_MAX: usize = 64;

/// Namespace declarations in force at once; each name is looked up among them.
pub const NAMESPACES_MAX: usize = 64;

/// What stands before the base64 in a data URI is no content.
pub(crate) const DATA_URI_HEAD_BYTES: u64 = 256;

/// A maximum together with the setting that an operator would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The name of the setting, as the refusal tells it.
    pub setting: &'static str,
    /// The maximum in bytes.
    pub bytes: u64,
}

/// The limits of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all bytes that are not attachment content.
    pub structure: Cap,
    /// For attachment content, counted as the bytes that its base64 stands for.
    pub attachments: Cap,
    /// Which elements hold attachment content: (parent, element), by local name.
    pub attachment_elements: &'static [(&'static str, &'static str)],
}

impl Limits {
    /// The structure cap of every door, and the given cap for attachments.
    #[must_use]
    pub fn new(
        attachments: Cap,
        attachment_elements: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            structure: Cap { setting: "xml.structure_bytes_max", bytes: STRUCTURE_BYTES_MAX },
            attachments,
            attachment_elements,
        }
    }

    /// The most that a document of plain text can have without breaking one of
    /// the two caps.
    pub(crate) fn total_bytes(&self) -> u64 {
        self.structure.bytes.saturating_add(self.attachment_text_bytes())
    }

    /// Attachment content as it stands in the text: four letters for three bytes.
    pub(crate) fn attachment_text_bytes(&self) -> u64 {
        self.attachments.bytes.div_ceil(3).saturating_mul(4).saturating_add(DATA_URI_HEAD_BYTES)
    }
}
