//! hei-elm: why a document could not be read at all, in words that say what to
//! do.

use std::fmt;

/// Why the reader refuses a document before it knows what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Over a cap; `setting` is what an operator would change, `limit` its value.
    TooLarge { setting: &'static str, limit: u64 },
    /// Nested more deeply, or with more values, than any credential is.
    TooComplex { what: &'static str, limit: usize },
    /// Not JSON.
    NotJson { what: String },
    /// A container whose payload cannot be opened.
    Payload { what: String },
}

impl Trouble {
    /// A stable word for each kind.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::TooComplex { .. } => "TOO_COMPLEX",
            Self::NotJson { .. } => "NOT_JSON",
            Self::Payload { .. } => "PAYLOAD",
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
            Self::TooComplex { what, limit } => {
                write!(out, "the document has more than {limit} {what}; no credential needs that")
            }
            Self::NotJson { what } => {
                write!(out, "this is not JSON: {what}; a credential is a JSON-LD document")
            }
            Self::Payload { what } => {
                write!(out, "the payload of the sealed document cannot be opened: {what}")
            }
        }
    }
}

impl std::error::Error for Trouble {}
