//! hei-elmo: what is written down while a document is read.

use crate::read::Version;

/// What refuses a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub code: &'static str,
    pub text: String,
}

/// What is harmless, yet outside the schema or unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    pub path: String,
    pub code: &'static str,
    pub text: String,
}

/// What stands in the document and not in the model, or what the schema of the
/// output has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub path: String,
    pub code: &'static str,
    pub text: String,
}

#[derive(Debug)]
pub(crate) struct Notes {
    pub version: Version,
    /// The namespace that this document's elements have.
    pub namespace: String,
    pub faults: Vec<Fault>,
    pub deviations: Vec<Deviation>,
    pub unread: Vec<Unread>,
}

impl Notes {
    pub fn new(version: Version, namespace: &str) -> Self {
        Self {
            version,
            namespace: namespace.to_owned(),
            faults: Vec::new(),
            deviations: Vec::new(),
            unread: Vec::new(),
        }
    }

    pub fn fault(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.faults.push(Fault { path, code, text });
    }

    pub fn deviation(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.deviations.push(Deviation { path, code, text });
    }

    pub fn unread(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.unread.push(Unread { path, code, text });
    }

    /// A deviation that is at the same time a piece that is not taken over.
    pub fn dropped(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.unread(path.clone(), code, text.clone());
        self.deviation(path, code, text);
    }
}

/// A value as a message may show it: short, in quotes.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}
