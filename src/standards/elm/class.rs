//! hei-elm: a class of ELM as one table: its members, their terms, how often
//! they occur. From one table come the struct, its reader and its writer, so
//! that no member is read and not written.

use crate::at::At;
use crate::checks;
use crate::context::{self, CONTEXT};
use crate::field::Field;
use crate::notes::{Notes, shown};
use crate::schemes;
use crate::terms;
use crate::tree::Tree;
use crate::write::Out;

/// How often a member occurs, by the shapes of edc-generic-no-cv 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurs {
    /// 1
    One,
    /// 0 or 1
    Optional,
    /// 1 or more
    Many,
    /// 0 or more
    Any,
}

impl Occurs {
    pub fn is_single(self) -> bool {
        matches!(self, Self::One | Self::Optional)
    }

    pub fn is_required(self) -> bool {
        matches!(self, Self::One | Self::Many)
    }
}

/// A class of nodes.
pub(crate) trait Node: Sized {
    /// Its names in the context, the one that is written first.
    const TYPES: &'static [&'static str];
    /// As the identifiers of its nodes call it: `urn:epass:<kind>:1`.
    const KIND: &'static str;
    const TERMS: &'static [&'static str];

    fn take(parts: &mut Parts<'_, '_>) -> Self;
    fn put(&self, out: &mut Out);
    fn id(&self) -> Option<&str>;
    fn types(&self) -> &[String];

    fn read_node(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        if !is_node(tree, at, notes) {
            return None;
        }
        let on_credential = Self::TYPES == checks::TYPES;
        unread_members(tree, at, Self::TERMS, on_credential, notes);
        let mut parts = Parts { tree, at: *at, notes, types: Self::TYPES };
        Some(Self::take(&mut parts))
    }

    fn write_node(&self, out: &mut Out) {
        out.open(self.id(), Self::KIND);
        out.types(self.types(), written(Self::TYPES));
        self.put(out);
        out.close();
    }
}

/// `Name = ["Type", …] "kind" { field: Shape = "term" Occurs, … }`
macro_rules! class {
    ($(#[$meta:meta])* $name:ident = [$($type:literal),+] $kind:literal {
        $($(#[$note:meta])* $field:ident: $shape:ty = $term:literal $occurs:ident,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            /// As sent; a node without one gets one when it is written.
            pub id: Option<String>,
            /// As sent, where it is not just the class's own name.
            pub types: Vec<String>,
            $($(#[$note])* pub $field: $shape,)*
        }

        impl $crate::class::Node for $name {
            const TYPES: &'static [&'static str] = &[$($type),+];
            const KIND: &'static str = $kind;
            const TERMS: &'static [&'static str] = &[$($term),*];

            fn take(parts: &mut $crate::class::Parts<'_, '_>) -> Self {
                Self {
                    id: parts.id(),
                    types: parts.types(),
                    $($field: parts.take($term, $crate::class::Occurs::$occurs),)*
                }
            }

            fn put(&self, _out: &mut $crate::write::Out) {
                $($crate::field::Field::write(&self.$field, $term, _out);)*
            }

            fn id(&self) -> Option<&str> {
                self.id.as_deref()
            }

            fn types(&self) -> &[String] {
                &self.types
            }
        }
    };
}
pub(crate) use class;

/// The types that a node of the class gets: the class's own name, and both for
/// a credential.
pub(crate) fn written(types: &'static [&'static str]) -> &'static [&'static str] {
    if types == checks::TYPES { types } else { types.get(..1).unwrap_or_default() }
}

/// The members of a node while they are taken.
pub(crate) struct Parts<'t, 'd> {
    tree: &'t Tree<'d>,
    at: At<'t>,
    notes: &'t mut Notes,
    types: &'static [&'static str],
}

impl Parts<'_, '_> {
    pub fn id(&mut self) -> Option<String> {
        // JSON-LD 1.1 §3.3: a node whose subject is a bare string is only named.
        self.tree.text().or_else(|| self.tree.id()).map(str::to_owned)
    }

    pub fn types(&mut self) -> Vec<String> {
        let sent: Vec<String> = self.tree.types().map(str::to_owned).collect();
        if !self.tree.is_reference() && !self.types.iter().any(|it| self.tree.has_type(it)) {
            let found = if sent.is_empty() { "none".to_owned() } else { shown(&sent.join(", ")) };
            let text = format!("the type {} is expected, found {found}", self.types.join(" or "));
            self.notes.deviation(&self.at.member("type"), "TYPE_OTHER", text);
        }
        if sent.iter().eq(written(self.types)) { Vec::new() } else { sent }
    }

    pub fn take<F: Field>(&mut self, term: &'static str, occurs: Occurs) -> F {
        let mut field = F::default();
        let (tree, place) = (self.tree, self.at);
        let term = self.spelled(term);
        let at = place.member(term);
        let faults = self.notes.faults.len();
        if let Some(sent) = tree.get(term) {
            self.concepts(sent, term, &at);
            let notes = &mut *self.notes;
            sent.each(&at, |value, at| {
                if occurs.is_single() && field.is_full() {
                    let text = "only one is allowed here; the first one was taken";
                    notes.dropped(at, "REPEATED", text);
                } else {
                    field.add(value, at, notes);
                }
            });
            field.check(term, occurs, &at, notes);
        }
        let silent = faults == self.notes.faults.len();
        if occurs.is_required() && field.is_empty() && silent && !tree.is_reference() {
            self.notes.deviation(&at, "MISSING", format!("the shapes require {term}"));
        }
        field
    }

    /// The key under which the member stands.
    fn spelled(&mut self, term: &'static str) -> &'static str {
        let right = terms::spelling(term, self.notes.copy);
        match terms::mistaken(term) {
            Some(wrong) if self.tree.get(right).is_none() && self.tree.get(wrong).is_some() => {
                let text = format!("it was taken for {right}");
                self.notes.deviation(&self.at.member(wrong), "TERM_MISTAKEN", text);
                wrong
            }
            _ => right,
        }
    }

    /// Concepts of a controlled list must say which list it is.
    fn concepts(&mut self, sent: &Tree<'_>, term: &str, at: &At<'_>) {
        let class = self.types.first().copied().unwrap_or_default();
        let Some(scheme) = schemes::required(class, term) else { return };
        let notes = &mut *self.notes;
        sent.each(at, |concept, at| {
            let named = concept.get("inScheme").into_iter().flat_map(Tree::values);
            if !named.into_iter().any(|it| it.text().or_else(|| it.id()) == Some(scheme)) {
                let text = format!("the concept must be in the scheme {scheme}");
                notes.deviation(&at.member("inScheme"), "SCHEME_OTHER", text);
            }
        });
    }
}

/// A reference is a node of which only the name is here.
fn is_node(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> bool {
    match tree {
        Tree::Node(_) | Tree::Text(_) => {
            if tree.is_reference() {
                let text = "only a reference stands here; what it refers to is not taken over";
                notes.dropped(at, "REFERENCE", text);
            }
            true
        }
        other => {
            let text = format!("an object is expected, found {}", other.found());
            notes.fault(at, "OBJECT_EXPECTED", text);
            false
        }
    }
}

/// Notes the members that are not taken: those the context does not define,
/// which any JSON-LD processor drops, and those the model has no place for.
pub(crate) fn unread_members(
    tree: &Tree<'_>,
    at: &At<'_>,
    taken: &[&str],
    on_credential: bool,
    notes: &mut Notes,
) {
    for (name, value) in tree.members() {
        let at = at.member(name);
        let is_taken = taken.iter().any(|term| {
            terms::spelling(term, notes.copy) == name
                || (terms::mistaken(term) == Some(name) && tree.get(term).is_none())
        });
        match name.as_ref() {
            "id" | "type" | "@id" | "@type" => {}
            CONTEXT if on_credential || taken.contains(&CONTEXT) => {}
            CONTEXT => context::check_inner(value, &at, notes),
            _ if is_taken => {}
            _ if !terms::is_defined(name, notes.copy, on_credential) => {
                notes.dropped(&at, "TERM_UNKNOWN", "the context does not define this key");
            }
            _ => {
                notes.unread(&at, "NOT_TAKEN_OVER", "the model has no place for it");
                undefined_within(name, value, &at, notes);
            }
        }
    }
}

/// In what is not taken over, the keys that nobody would take over.
fn undefined_within(name: &str, value: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
    if !terms::holds_texts(name) {
        value.each(at, |node, at| unread_below(node, at, notes));
    }
}

fn unread_below(node: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
    for (name, value) in node.members() {
        let at = at.member(name);
        if terms::is_defined(name, notes.copy, false) {
            undefined_within(name, value, &at, notes);
        } else {
            notes.dropped(&at, "TERM_UNKNOWN", "the context does not define this key");
        }
    }
}
