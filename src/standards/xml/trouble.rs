//! hei-xml: why a document could not be read, in words that say what to do.

use std::fmt;

/// A place in the decoded text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

impl Position {
    /// The line and column of a byte offset. Only called to report trouble.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text
            .get(..offset)
            .or_else(|| text.get(..text.floor_char_boundary(offset)))
            .unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}", self.line, self.column)
    }
}

/// Why the reader refuses a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Over a cap; `setting` is what an operator would change, `limit` its value.
    TooLarge { setting: &'static str, limit: u64 },
    /// The document has a document type declaration.
    Dtd { at: Position },
    /// Not well-formed XML.
    IllFormed { what: String, at: Position },
    /// A character that XML 1.0 cannot carry.
    Character { code: u32, at: Position },
    /// The bytes are not in the encoding that the document claims.
    Encoding { what: String },
    /// The wrapping (gzip, base64, form) is damaged.
    Wrapping { what: String },
    /// Neither XML nor gzip nor base64 of either.
    Unrecognised { what: String },
}

impl Trouble {
    /// A stable word for each kind.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::Dtd { .. } => "DTD",
            Self::IllFormed { .. } => "ILL_FORMED",
            Self::Character { .. } => "CHARACTER",
            Self::Encoding { .. } => "ENCODING",
            Self::Wrapping { .. } => "WRAPPING",
            Self::Unrecognised { .. } => "UNRECOGNISED",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { setting, limit } => write!(
                out,
                "the document is over the limit {setting} = {limit}; send less, or have the operator raise it where it is a setting"
            ),
            Self::Dtd { at } => write!(
                out,
                "the document has a document type declaration (DOCTYPE) at {at}; none is accepted, send the document without it"
            ),
            Self::IllFormed { what, at } => {
                write!(
                    out,
                    "the document is not well-formed XML at {at}: {what}; mend it at the source"
                )
            }
            Self::Character { code, at } => write!(
                out,
                "the document has the character U+{code:04X} at {at}, which XML 1.0 cannot carry; remove it at the source"
            ),
            Self::Encoding { what } => {
                write!(out, "the encoding of the document is not what it says: {what}")
            }
            Self::Wrapping { what } => {
                write!(out, "the wrapping of the document is damaged: {what}")
            }
            Self::Unrecognised { what } => {
                write!(out, "this is neither XML, nor gzip of XML, nor base64 of either: {what}")
            }
        }
    }
}

impl std::error::Error for Trouble {}
