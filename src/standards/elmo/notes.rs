//! hei-elmo: what is written down while a document is read.

use crate::limits::NOTES_MAX;
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
    /// How many of each are not listed: faults, deviations, unread pieces.
    more: [usize; 3],
}

impl Notes {
    pub fn new(version: Version, namespace: &str) -> Self {
        Self {
            version,
            namespace: namespace.to_owned(),
            faults: Vec::new(),
            deviations: Vec::new(),
            unread: Vec::new(),
            more: [0; 3],
        }
    }

    pub fn fault(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        let [more, ..] = &mut self.more;
        list(&mut self.faults, more, Fault { path, code, text });
    }

    pub fn deviation(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        let [_, more, _] = &mut self.more;
        list(&mut self.deviations, more, Deviation { path, code, text });
    }

    pub fn unread(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        let [.., more] = &mut self.more;
        list(&mut self.unread, more, Unread { path, code, text });
    }

    /// Says how many are not listed.
    pub fn close(&mut self) {
        let told =
            |more: usize| ("/elmo".to_owned(), "MORE", format!("{more} more are not listed"));
        let [faults, deviations, unread] = self.more;
        if faults > 0 {
            let (path, code, text) = told(faults);
            self.faults.push(Fault { path, code, text });
        }
        if deviations > 0 {
            let (path, code, text) = told(deviations);
            self.deviations.push(Deviation { path, code, text });
        }
        if unread > 0 {
            let (path, code, text) = told(unread);
            self.unread.push(Unread { path, code, text });
        }
    }

    /// A deviation that is at the same time a piece that is not taken over.
    pub fn dropped(&mut self, path: String, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.unread(path.clone(), code, text.clone());
        self.deviation(path, code, text);
    }
}

fn list<T>(listed: &mut Vec<T>, more: &mut usize, one: T) {
    if listed.len() < NOTES_MAX {
        listed.push(one);
    } else {
        *more += 1;
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
