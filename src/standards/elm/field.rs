//! hei-elm: a member of a node: at most one value, or several.

use crate::at::At;
use crate::class::{Node, Occurs, Parts};
use crate::notes::Notes;
use crate::tree::Tree;
use crate::value::Value;
use crate::write::Out;

pub(crate) trait Field: Default {
    /// Takes one more value.
    fn add(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes);
    fn is_empty(&self) -> bool;
    /// Whether there is no room for another value.
    fn is_full(&self) -> bool;
    /// What shows only when all values are there.
    fn check(&self, _term: &str, _occurs: Occurs, _at: &At<'_>, _notes: &mut Notes) {}
    /// Writes the member; nothing where it is empty.
    fn write(&self, term: &str, out: &mut Out);
}

impl<T: Value> Field for Option<T> {
    fn add(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
        *self = T::read(tree, at, notes);
    }

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn is_full(&self) -> bool {
        self.is_some()
    }

    fn write(&self, term: &str, out: &mut Out) {
        if let Some(value) = self {
            out.name(term);
            value.write(out);
        }
    }
}

impl<T: Value> Field for Vec<T> {
    fn add(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
        self.extend(T::read(tree, at, notes));
    }

    fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    fn is_full(&self) -> bool {
        false
    }

    /// One is written by itself, as EDCI does; an array around it would only
    /// nest the document more deeply than it was.
    fn write(&self, term: &str, out: &mut Out) {
        match self.as_slice() {
            [] => {}
            [one] => {
                out.name(term);
                one.write(out);
            }
            several => {
                out.name(term);
                out.list(several, |out, value| value.write(out));
            }
        }
    }
}

impl<T: Node> Value for T {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        Self::read_node(tree, at, notes)
    }

    fn write(&self, out: &mut Out) {
        self.write_node(out);
    }
}

impl<T: Node> Node for Box<T> {
    const TYPES: &'static [&'static str] = T::TYPES;
    const KIND: &'static str = T::KIND;
    const TERMS: &'static [&'static str] = T::TERMS;

    fn take(parts: &mut Parts<'_, '_>) -> Self {
        Self::new(T::take(parts))
    }

    fn put(&self, out: &mut Out) {
        (**self).put(out);
    }

    fn id(&self) -> Option<&str> {
        (**self).id()
    }

    fn types(&self) -> &[String] {
        (**self).types()
    }
}
