//! hei-xml: writes well-formed XML 1.0 in UTF-8, two spaces a level. What it
//! writes depends on nothing but what it is given.

use crate::character::is_char;

/// Writes elements in the order of the calls.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    open: Vec<&'static str>,
}

impl Writer {
    /// Starts a document; `capacity` is a hint in bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self { out, open: Vec::new() }
    }

    /// Opens an element that will hold elements.
    pub fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.raw(">\n");
        self.open.push(name);
    }

    /// Closes the element opened last.
    pub fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.raw("</");
            self.raw(name);
            self.raw(">\n");
        }
    }

    /// Writes an element that holds only text.
    pub fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes);
        if text.is_empty() {
            self.raw("/>\n");
            return;
        }
        self.raw(">");
        self.escaped(text, false);
        self.raw("</");
        self.raw(name);
        self.raw(">\n");
    }

    /// Closes what is open and gives the bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn tag(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.raw("<");
        self.raw(name);
        for (key, value) in attributes {
            self.raw(" ");
            self.raw(key);
            self.raw("=\"");
            self.escaped(value, true);
            self.raw("\"");
        }
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.extend_from_slice(b"  ");
        }
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn escaped(&mut self, text: &str, attribute: bool) {
        let mut rest = text;
        while let Some(at) = rest.find(|found| escape(found, attribute).is_some()) {
            let (plain, from) = rest.split_at(at);
            self.raw(plain);
            let mut letters = from.chars();
            let found = letters.next().unwrap_or_default();
            self.raw(escape(found, attribute).unwrap_or_default());
            rest = letters.as_str();
        }
        self.raw(rest);
    }
}

/// What stands for a character that cannot stand for itself. A carriage return
/// would come back as a line feed, a tab in an attribute as a space.
fn escape(found: char, attribute: bool) -> Option<&'static str> {
    match found {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#13;"),
        '"' if attribute => Some("&quot;"),
        '\n' if attribute => Some("&#10;"),
        '\t' if attribute => Some("&#9;"),
        // Every door refuses these; a writer must still not write them.
        other if !is_char(other) => Some("\u{FFFD}"),
        _ => None,
    }
}
