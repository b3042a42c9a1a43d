//! hei-xml: the tree of a document. Text that needs no change is borrowed from
//! the source, so that an attachment is not held twice.

use std::borrow::Cow;
use std::ops::Range;

use crate::namespaces::XML_NAMESPACE;

/// No such node.
pub(crate) const NOBODY: u32 = u32::MAX;

pub(crate) struct Node<'a> {
    pub parent: u32,
    pub first_child: u32,
    pub last_child: u32,
    pub next_sibling: u32,
    /// Which one among the siblings of the same name, from 1.
    pub ordinal: u32,
    pub namespace: u32,
    pub name: &'a str,
    pub attributes: Range<u32>,
    pub text: Cow<'a, str>,
}

pub(crate) struct Kept<'a> {
    pub namespace: u32,
    pub name: &'a str,
    pub value: Cow<'a, str>,
}

/// A document that was read.
pub struct Document<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) attributes: Vec<Kept<'a>>,
    pub(crate) namespaces: Vec<String>,
}

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    node: &'d Node<'d>,
}

/// An attribute of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// Its namespace, empty if it has no prefix.
    pub namespace: &'d str,
    /// Its local name.
    pub name: &'d str,
    /// Its normalised value.
    pub value: &'d str,
}

impl Document<'_> {
    /// The root element; a document that was read has one.
    #[must_use]
    pub fn root(&self) -> Option<Element<'_>> {
        self.element(0)
    }

    fn element(&self, index: u32) -> Option<Element<'_>> {
        let node = self.nodes.get(index as usize)?;
        Some(Element { document: self, node })
    }

    fn namespace(&self, number: u32) -> &str {
        self.namespaces.get(number as usize).map_or("", String::as_str)
    }
}

impl<'d> Element<'d> {
    /// The namespace, empty if there is none.
    #[must_use]
    pub fn namespace(&self) -> &'d str {
        self.document.namespace(self.node.namespace)
    }

    /// The local name.
    #[must_use]
    pub fn name(&self) -> &'d str {
        self.node.name
    }

    /// The character data directly inside, joined across comments and
    /// references; between child elements, white space is left out.
    #[must_use]
    pub fn text(&self) -> &'d str {
        &self.node.text
    }

    /// The attributes, without namespace declarations.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let document = self.document;
        let range = self.node.attributes.start as usize..self.node.attributes.end as usize;
        let kept = document.attributes.get(range).unwrap_or_default();
        kept.iter().map(move |attribute| Attribute {
            namespace: document.namespace(attribute.namespace),
            name: attribute.name,
            value: &attribute.value,
        })
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, namespace: &str, name: &str) -> Option<&'d str> {
        self.attributes()
            .find(|found| found.namespace == namespace && found.name == name)
            .map(|found| found.value)
    }

    /// The value of `xml:lang` on this very element.
    #[must_use]
    pub fn language(&self) -> Option<&'d str> {
        self.attribute(XML_NAMESPACE, "lang")
    }

    /// The child elements in document order.
    pub fn children(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let document = self.document;
        let first = document.element(self.node.first_child);
        std::iter::successors(first, move |child| document.element(child.node.next_sibling))
    }

    /// Where it stands: `/elmo/report[1]/issuer[1]`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut steps = vec![self.step()];
        let mut up = self.document.element(self.node.parent);
        while let Some(parent) = up {
            steps.push(parent.step());
            up = parent.document.element(parent.node.parent);
        }
        steps.reverse();
        steps.concat()
    }

    fn step(&self) -> String {
        if self.node.parent == NOBODY {
            format!("/{}", self.node.name)
        } else {
            format!("/{}[{}]", self.node.name, self.node.ordinal)
        }
    }
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without text: an element may be personal data.
        write!(out, "Element({})", self.path())
    }
}
