//! hei-elm: where something stands, as a JSON path (RFC 9535 §2). Within a
//! sealed document `$` is the payload.

use std::fmt;

/// A place while reading. It costs nothing until it is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'p> {
    /// Where the reading began: "$", "$.credential" …
    Root(&'p str),
    Member(&'p At<'p>, &'p str),
    Item(&'p At<'p>, usize),
}

impl At<'_> {
    pub fn member<'p>(&'p self, name: &'p str) -> At<'p> {
        At::Member(self, name)
    }

    pub fn item(&self, index: usize) -> At<'_> {
        At::Item(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(text) => out.write_str(text),
            Self::Member(parent, name) if is_shorthand(name) => write!(out, "{parent}.{name}"),
            Self::Member(parent, name) => {
                let short: String = name.chars().take(80).collect();
                let escaped = short.replace('\\', "\\\\").replace('\'', "\\'");
                write!(out, "{parent}['{escaped}']")
            }
            Self::Item(parent, index) => write!(out, "{parent}[{index}]"),
        }
    }
}

/// RFC 9535 §2.5.1.1, the ASCII part of it.
fn is_shorthand(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_');
    let rest = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    first && rest && name.len() <= 80
}
