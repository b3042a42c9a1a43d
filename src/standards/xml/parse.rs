//! hei-xml: builds the tree from quick-xml's events, adding the checks of
//! well-formedness that a tokenizer leaves out, and the caps.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::character::{first_uncarriable, is_space};
use crate::container::Text;
use crate::limits::{ATTRIBUTES_MAX, ATTRIBUTES_PER_ELEMENT_MAX, DEPTH_MAX, ELEMENTS_MAX, Limits};
use crate::namespaces::{NONE, Scope};
use crate::spent::Spent;
use crate::tag::{self, Flaw, Written};
use crate::tree::{Document, Kept, NOBODY, Node};
use crate::trouble::{Position, Trouble};

/// Reads a text to its tree.
///
/// # Errors
/// Any [`Trouble`]; the first that is met.
pub fn parse<'a>(text: &'a Text<'_>, limits: &Limits) -> Result<Document<'a>, Trouble> {
    let outcome = Builder::new(text.as_str(), limits).run();
    match outcome {
        Err(Trouble::TooLarge { setting, limit }) => Err(Trouble::TooLarge { setting, limit }),
        // It went on beyond the total, so one of the caps is broken somewhere.
        _ if text.cut => Err(Trouble::TooLarge {
            setting: limits.attachments.setting,
            limit: limits.attachments.bytes,
        }),
        outcome => outcome,
    }
}

struct Frame<'a> {
    node: u32,
    /// How many children of each name there were.
    counts: HashMap<(u32, &'a str), u32>,
    attachment: bool,
}

struct Builder<'a, 'l> {
    source: &'a str,
    limits: &'l Limits,
    nodes: Vec<Node<'a>>,
    attributes: Vec<Kept<'a>>,
    open: Vec<Frame<'a>>,
    scope: Scope<'a>,
    spent: Spent,
}

/// The source of one event.
#[derive(Clone, Copy)]
struct Piece<'a> {
    raw: &'a str,
    at: usize,
}

impl<'a> Piece<'a> {
    fn inside(self, before: &str, after: &str) -> &'a str {
        let raw = self.raw.strip_prefix(before).unwrap_or(self.raw);
        raw.strip_suffix(after).unwrap_or(raw)
    }
}

impl<'a, 'l> Builder<'a, 'l> {
    fn new(source: &'a str, limits: &'l Limits) -> Self {
        Self {
            source,
            limits,
            nodes: Vec::new(),
            attributes: Vec::new(),
            open: Vec::new(),
            scope: Scope::new(),
            spent: Spent::default(),
        }
    }

    fn run(mut self) -> Result<Document<'a>, Trouble> {
        if let Some((at, found)) = first_uncarriable(self.source) {
            let at = Position::of(self.source, at);
            return Err(Trouble::Character { code: found.into(), at });
        }
        if self.source.starts_with('\u{FEFF}') {
            return Err(self.ill_formed(0, "a second byte order mark stands before the document"));
        }
        let mut reader = Reader::from_str(self.source);
        reader.config_mut().check_comments = true;
        loop {
            let at = position(&reader);
            let event = reader.read_event();
            let raw = self.source.get(at..position(&reader)).unwrap_or_default();
            match event {
                Ok(Event::Eof) => return self.finish(),
                Ok(event) => self.take(&event, Piece { raw, at })?,
                Err(error) => return Err(self.broken(at, &error)),
            }
        }
    }

    fn take(&mut self, event: &Event<'_>, piece: Piece<'a>) -> Result<(), Trouble> {
        match event {
            Event::Text(_) => self.text(piece),
            Event::CData(_) => self.cdata(piece),
            Event::GeneralRef(_) => self.reference(piece),
            Event::DocType(_) => Err(self.dtd(piece.at)),
            _ => {
                self.spent.structure(piece.raw.len(), self.limits)?;
                self.markup(event, piece)
            }
        }
    }

    fn markup(&mut self, event: &Event<'_>, piece: Piece<'a>) -> Result<(), Trouble> {
        match event {
            Event::Start(_) => self.start(piece, piece.inside("<", ">")),
            Event::Empty(_) => {
                self.start(piece, piece.inside("<", "/>"))?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Decl(_) => self.declaration(piece),
            Event::PI(_) => self.instruction(piece),
            _ => Ok(()),
        }
    }

    fn declaration(&self, piece: Piece<'a>) -> Result<(), Trouble> {
        if piece.at != 0 {
            return Err(
                self.ill_formed(piece.at, "the XML declaration does not stand at the start")
            );
        }
        let attributes = tag::attributes(piece.inside("<?xml", "?>"))
            .map_err(|flaw| self.flawed(piece.at, flaw))?;
        match attributes.first() {
            Some(first) if first.name == "version" && first.value.starts_with("1.") => Ok(()),
            _ => Err(self.ill_formed(piece.at, "the XML declaration names no version 1.x")),
        }
    }

    fn instruction(&self, piece: Piece<'a>) -> Result<(), Trouble> {
        let (target, _) = tag::split(piece.inside("<?", "?>"));
        let name = tag::name(target).map_err(|flaw| self.flawed(piece.at, flaw))?;
        if name.local.eq_ignore_ascii_case("xml") || !name.prefix.is_empty() {
            return Err(self.ill_formed(piece.at, "a processing instruction has a reserved name"));
        }
        Ok(())
    }

    fn start(&mut self, piece: Piece<'a>, inside: &'a str) -> Result<(), Trouble> {
        if self.open.is_empty() && !self.nodes.is_empty() {
            return Err(self.ill_formed(piece.at, "there is a second root element"));
        }
        refuse_beyond("xml.depth_max", self.open.len() + 1, DEPTH_MAX)?;
        refuse_beyond("xml.elements_max", self.nodes.len() + 1, ELEMENTS_MAX)?;
        let depth = self.open.len();
        self.element(inside, depth).map_err(|flaw| self.flawed(piece.at, flaw))?;
        refuse_beyond("xml.attributes_max", self.attributes.len(), ATTRIBUTES_MAX)
    }

    fn element(&mut self, inside: &'a str, depth: usize) -> Result<(), Flaw> {
        let (written, rest) = tag::split(inside);
        let name = tag::name(written)?;
        let attributes = tag::attributes(rest)?;
        self.scope.enter(depth, &attributes)?;
        let namespace = self.scope.resolve(name.prefix)?;
        let kept = self.keep(attributes)?;
        self.append(namespace, name.local, kept);
        Ok(())
    }

    /// Resolves the attributes, refuses doubles, leaves declarations out.
    fn keep(&mut self, attributes: Vec<Written<'a>>) -> Result<std::ops::Range<u32>, Flaw> {
        let from = self.attributes.len();
        for (index, attribute) in attributes.iter().enumerate() {
            let twin = attributes.iter().take(index).any(|it| it.name == attribute.name);
            if twin {
                return Err(double(attribute.name));
            }
        }
        for Written { name: written, value } in attributes {
            let name = tag::name(written)?;
            if name.prefix == "xmlns" || written == "xmlns" {
                continue;
            }
            let namespace = match name.prefix {
                "" => NONE,
                prefix => self.scope.resolve(prefix)?,
            };
            let before = self.attributes.get(from..).unwrap_or_default();
            if before.iter().any(|it| it.namespace == namespace && it.name == name.local) {
                return Err(double(written));
            }
            self.attributes.push(Kept { namespace, name: name.local, value });
        }
        let end = |index| u32::try_from(index).unwrap_or(u32::MAX);
        Ok(end(from)..end(self.attributes.len()))
    }

    fn append(&mut self, namespace: u32, name: &'a str, attributes: std::ops::Range<u32>) {
        let index = u32::try_from(self.nodes.len()).unwrap_or(NOBODY);
        let mut node = Node {
            parent: NOBODY,
            first_child: NOBODY,
            last_child: NOBODY,
            next_sibling: NOBODY,
            ordinal: 1,
            namespace,
            name,
            attributes,
            text: Cow::Borrowed(""),
        };
        let mut attachment = false;
        if let Some(frame) = self.open.last_mut() {
            let count = frame.counts.entry((namespace, name)).or_insert(0);
            *count += 1;
            node.ordinal = *count;
            node.parent = frame.node;
            attachment = self.link(index, &node);
        }
        self.nodes.push(node);
        self.open.push(Frame { node: index, counts: HashMap::new(), attachment });
    }

    /// Hangs a child below its parent; says whether it holds attachment content.
    fn link(&mut self, index: u32, node: &Node<'a>) -> bool {
        let Some(parent) = self.nodes.get_mut(node.parent as usize) else {
            return false;
        };
        let before = std::mem::replace(&mut parent.last_child, index);
        if before == NOBODY {
            parent.first_child = index;
            if parent.text.chars().all(is_space) {
                parent.text = Cow::Borrowed("");
            }
        }
        let pair = (parent.name, node.name);
        if let Some(sibling) = self.nodes.get_mut(before as usize) {
            sibling.next_sibling = index;
        }
        self.limits.attachment_elements.contains(&pair)
    }

    fn end(&mut self) {
        self.open.pop();
        self.scope.leave(self.open.len());
    }

    fn text(&mut self, piece: Piece<'a>) -> Result<(), Trouble> {
        if let Some(at) = piece.raw.find("]]>") {
            return Err(self.ill_formed(piece.at + at, "text has ']]>'"));
        }
        self.characters(piece, lines(piece.raw))
    }

    fn cdata(&mut self, piece: Piece<'a>) -> Result<(), Trouble> {
        if self.open.is_empty() {
            return Err(self.ill_formed(piece.at, "text stands outside of the root element"));
        }
        self.characters(piece, lines(piece.inside("<![CDATA[", "]]>")))
    }

    fn reference(&mut self, piece: Piece<'a>) -> Result<(), Trouble> {
        let found =
            tag::resolve(piece.inside("&", ";")).map_err(|flaw| self.flawed(piece.at, flaw))?;
        if self.open.is_empty() {
            return Err(self.ill_formed(piece.at, "a reference stands outside of the root element"));
        }
        self.characters(piece, Cow::Owned(found.to_string()))
    }

    fn characters(&mut self, piece: Piece<'a>, content: Cow<'a, str>) -> Result<(), Trouble> {
        let Some(frame) = self.open.last() else {
            self.spent.structure(piece.raw.len(), self.limits)?;
            if content.chars().all(is_space) {
                return Ok(());
            }
            return Err(self.ill_formed(piece.at, "text stands outside of the root element"));
        };
        if frame.attachment {
            self.spent.attachment(piece.raw, self.limits)?;
        } else {
            self.spent.structure(piece.raw.len(), self.limits)?;
        }
        if let Some(node) = self.nodes.get_mut(frame.node as usize) {
            add_text(node, content);
        }
        Ok(())
    }

    fn finish(self) -> Result<Document<'a>, Trouble> {
        let end = self.source.len();
        if let Some(open) = self.open.last() {
            let name = self.nodes.get(open.node as usize).map_or("", |node| node.name);
            let what = format!("the document ends inside of <{name}>");
            return Err(self.ill_formed(end, what));
        }
        if self.nodes.is_empty() {
            return Err(self.ill_formed(end, "there is no root element"));
        }
        Ok(Document {
            nodes: self.nodes,
            attributes: self.attributes,
            namespaces: self.scope.into_names(),
        })
    }

    fn broken(&self, at: usize, error: &quick_xml::Error) -> Trouble {
        let rest = self.source.get(at..).unwrap_or_default();
        let declares =
            |word: &str| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        if ["<!DOCTYPE", "<!ENTITY", "<!ELEMENT", "<!ATTLIST", "<!NOTATION"]
            .into_iter()
            .any(declares)
        {
            return self.dtd(at);
        }
        let shown: String = error.to_string().chars().take(200).collect();
        self.ill_formed(at, shown)
    }

    fn dtd(&self, at: usize) -> Trouble {
        let at = Position::of(self.source, at);
        Trouble::Dtd { at }
    }

    fn ill_formed(&self, at: usize, what: impl Into<String>) -> Trouble {
        let at = Position::of(self.source, at);
        let what = what.into();
        Trouble::IllFormed { what, at }
    }

    fn flawed(&self, at: usize, flaw: Flaw) -> Trouble {
        match flaw {
            Flaw::Syntax(what) => self.ill_formed(at, what),
            Flaw::Character(code) => {
                let at = Position::of(self.source, at);
                Trouble::Character { code, at }
            }
            Flaw::TooMany => Trouble::TooLarge {
                setting: "xml.attributes_per_element_max",
                limit: ATTRIBUTES_PER_ELEMENT_MAX as u64,
            },
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn refuse_beyond(setting: &'static str, count: usize, limit: usize) -> Result<(), Trouble> {
    if count > limit {
        let limit = limit as u64;
        return Err(Trouble::TooLarge { setting, limit });
    }
    Ok(())
}

fn double(name: &str) -> Flaw {
    Flaw::Syntax(format!("the attribute {name:?} stands twice"))
}

/// End-of-line handling (XML 1.0 §2.11).
fn lines(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// White space between child elements is layout, not data.
fn add_text<'a>(node: &mut Node<'a>, content: Cow<'a, str>) {
    if node.first_child != NOBODY && content.chars().all(is_space) {
        return;
    }
    if node.text.is_empty() {
        node.text = content;
    } else {
        node.text.to_mut().push_str(&content);
    }
}
