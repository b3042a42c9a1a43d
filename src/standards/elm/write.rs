//! hei-elm: writes ELM 3.2 JSON-LD with the two official contexts, each member
//! in the order of its class. The same credential gives the same bytes.

use std::collections::{BTreeMap, HashSet};

use crate::class::{Node, written};
use crate::context::{CONTEXT, EDC_CONTEXT, VC_CONTEXT};
use crate::model::Credential;

/// Room for a credential of ordinary size.
const BYTES: usize = 64 * 1024;

/// The credential as UTF-8 bytes.
#[must_use]
pub fn write(credential: &Credential) -> Vec<u8> {
    let once = Out::run(credential, HashSet::new());
    if once.ids.collided() {
        let sent = once.ids.sent;
        return Out::run(credential, sent).json.into_bytes();
    }
    once.json.into_bytes()
}

/// Identifiers for nodes that have none: `urn:epass:<kind>:<n>`, counted in the
/// order of the document and never one that another node was sent with.
#[derive(Default)]
struct Ids {
    /// Those that must not be given.
    taken: HashSet<String>,
    sent: HashSet<String>,
    given: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Ids {
    fn give(&mut self, kind: &'static str) -> String {
        let count = self.counts.entry(kind).or_default();
        loop {
            *count += 1;
            let id = format!("urn:epass:{kind}:{count}");
            if !self.taken.contains(&id) {
                self.given.push(id.clone());
                return id;
            }
        }
    }

    fn collided(&self) -> bool {
        self.given.iter().any(|id| self.sent.contains(id))
    }
}

/// JSON on its way out.
pub(crate) struct Out {
    json: String,
    ids: Ids,
    /// Whether the next thing is the first in its object or array.
    first: bool,
}

impl Out {
    fn run(credential: &Credential, taken: HashSet<String>) -> Self {
        let ids = Ids { taken, ..Ids::default() };
        let mut out = Self { json: String::with_capacity(BYTES), ids, first: true };
        out.start('{');
        out.name(CONTEXT);
        out.list(&[VC_CONTEXT, EDC_CONTEXT], |out, url| out.text(url));
        out.head(credential.id(), Credential::KIND);
        out.types(credential.types(), written(Credential::TYPES));
        credential.put(&mut out);
        out.end('}');
        out
    }

    /// Begins a node.
    pub fn open(&mut self, id: Option<&str>, kind: &'static str) {
        self.start('{');
        self.head(id, kind);
    }

    pub fn close(&mut self) {
        self.end('}');
    }

    fn head(&mut self, id: Option<&str>, kind: &'static str) {
        self.name("id");
        match id {
            Some(id) => {
                self.ids.sent.insert(id.to_owned());
                self.text(id);
            }
            None => {
                let id = self.ids.give(kind);
                self.text(&id);
            }
        }
    }

    /// The types as sent, or those of the class.
    pub fn types(&mut self, sent: &[String], own: &[&str]) {
        self.name("type");
        match (sent, own) {
            ([], [one]) => self.text(one),
            ([], several) => self.list(several, |out, it| out.text(it)),
            ([one], _) => self.text(one),
            (several, _) => self.list(several, |out, it| out.text(it)),
        }
    }

    pub fn name(&mut self, name: &str) {
        self.next();
        self.quote(name);
        self.json.push(':');
        self.first = true;
    }

    pub fn text(&mut self, text: &str) {
        self.next();
        self.quote(text);
    }

    /// JSON that is no string.
    pub fn raw(&mut self, json: &str) {
        self.next();
        self.json.push_str(json);
    }

    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.start('[');
        items.iter().for_each(|item| write(self, item));
        self.end(']');
    }

    pub fn map(&mut self, write: impl FnOnce(&mut Self)) {
        self.start('{');
        write(self);
        self.end('}');
    }

    fn start(&mut self, bracket: char) {
        self.next();
        self.json.push(bracket);
        self.first = true;
    }

    fn end(&mut self, bracket: char) {
        self.json.push(bracket);
        self.first = false;
    }

    fn next(&mut self) {
        if !self.first {
            self.json.push(',');
        }
        self.first = false;
    }

    /// RFC 8259 §7: only what must be escaped is.
    fn quote(&mut self, text: &str) {
        self.json.push('"');
        for piece in text.split_inclusive(must_escape) {
            match piece.chars().next_back() {
                Some(last) if must_escape(last) => {
                    self.json.push_str(piece.strip_suffix(last).unwrap_or_default());
                    self.escape(last);
                }
                _ => self.json.push_str(piece),
            }
        }
        self.json.push('"');
    }

    fn escape(&mut self, letter: char) {
        match letter {
            '"' => self.json.push_str("\\\""),
            '\\' => self.json.push_str("\\\\"),
            '\n' => self.json.push_str("\\n"),
            '\r' => self.json.push_str("\\r"),
            '\t' => self.json.push_str("\\t"),
            other => self.json.push_str(&format!("\\u{:04x}", u32::from(other))),
        }
    }
}

fn must_escape(letter: char) -> bool {
    matches!(letter, '"' | '\\' | '\0'..='\x1f')
}
