//! hei-elm: what is written down while a document is read.

use hei_elmo::{Deviation, Fault, Unread};

use crate::at::At;
use crate::context::ContextCopy;
use crate::limits::NOTES_MAX;

#[derive(Debug)]
pub(crate) struct Notes {
    /// The copy of the context by which keys are known.
    pub copy: ContextCopy,
    pub faults: Vec<Fault>,
    pub deviations: Vec<Deviation>,
    pub unread: Vec<Unread>,
    /// How many of each are not listed: faults, deviations, unread pieces.
    more: [usize; 3],
}

impl Notes {
    pub fn new(copy: ContextCopy) -> Self {
        Self { copy, faults: Vec::new(), deviations: Vec::new(), unread: Vec::new(), more: [0; 3] }
    }

    pub fn fault(&mut self, at: &At<'_>, code: &'static str, text: impl Into<String>) {
        let [more, ..] = &mut self.more;
        let one = || Fault { path: at.to_string(), code, text: text.into() };
        list(&mut self.faults, more, one);
    }

    pub fn deviation(&mut self, at: &At<'_>, code: &'static str, text: impl Into<String>) {
        let [_, more, _] = &mut self.more;
        let one = || Deviation { path: at.to_string(), code, text: text.into() };
        list(&mut self.deviations, more, one);
    }

    pub fn unread(&mut self, at: &At<'_>, code: &'static str, text: impl Into<String>) {
        let [.., more] = &mut self.more;
        let one = || Unread { path: at.to_string(), code, text: text.into() };
        list(&mut self.unread, more, one);
    }

    /// A deviation that is at the same time a piece that is not taken over.
    pub fn dropped(&mut self, at: &At<'_>, code: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.unread(at, code, text.clone());
        self.deviation(at, code, text);
    }

    /// Says how many are not listed.
    pub fn close(&mut self) {
        let [faults, deviations, unread] = std::mem::take(&mut self.more);
        let told = |more: usize| format!("{more} more are not listed");
        let (path, code) = ("$".to_owned(), "MORE");
        if faults > 0 {
            self.faults.push(Fault { path: path.clone(), code, text: told(faults) });
        }
        if deviations > 0 {
            self.deviations.push(Deviation { path: path.clone(), code, text: told(deviations) });
        }
        if unread > 0 {
            self.unread.push(Unread { path, code, text: told(unread) });
        }
    }
}

fn list<T>(listed: &mut Vec<T>, more: &mut usize, one: impl FnOnce() -> T) {
    if listed.len() < NOTES_MAX {
        listed.push(one());
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
