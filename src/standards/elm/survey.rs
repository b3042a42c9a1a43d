//! hei-elm: one walk over the whole tree before anything is read: names twice,
//! identifiers of different nodes, how much is attachment content, which copy
//! of the context the spelling tells.

use std::collections::HashMap;

use crate::at::At;
use crate::context::ContextCopy;
use crate::notes::{Notes, shown};
use crate::terms;
use crate::tree::{Member, Tree};

/// The code of a member that stands under its name and under its keyword.
pub(crate) const KEYWORD_REPEATED: &str = "KEYWORD_REPEATED";

/// Above this, members are compared by a table instead of each with each.
const FEW: usize = 32;

#[derive(Default)]
pub(crate) struct Survey<'t, 'd> {
    /// Bytes of `content`.
    pub attachments: usize,
    old_terms: bool,
    new_terms: bool,
    nodes: HashMap<&'t str, &'t Tree<'d>>,
}

impl<'t, 'd> Survey<'t, 'd> {
    pub fn copy(&self) -> ContextCopy {
        if self.old_terms && !self.new_terms { ContextCopy::V3_1 } else { ContextCopy::V3_2 }
    }

    pub fn walk(&mut self, tree: &'t Tree<'d>, at: &At<'_>, notes: &mut Notes) {
        match tree {
            Tree::List(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(index, item)| self.walk(item, &at.item(index), notes));
            }
            Tree::Node(members) => {
                repeated(members, at, notes);
                self.identity(tree, at, notes);
                members.iter().for_each(|member| self.member(member, at, notes));
            }
            _ => {}
        }
    }

    fn member(&mut self, (name, tree): &'t Member<'d>, at: &At<'_>, notes: &mut Notes) {
        if name == "content" {
            self.attachments += tree.text().map_or(0, str::len);
        }
        self.old_terms |= terms::is_only(name, ContextCopy::V3_1);
        self.new_terms |= terms::is_only(name, ContextCopy::V3_2);
        self.walk(tree, &at.member(name), notes);
    }

    /// In the graph, nodes of one id are one node: what they say is mixed, and
    /// the official shapes then count two contents. Here they stay two.
    fn identity(&mut self, tree: &'t Tree<'d>, at: &At<'_>, notes: &mut Notes) {
        self.new_terms |= tree.types().any(|it| terms::is_only(it, ContextCopy::V3_2));
        keywords(tree, at, notes);
        let Some(id) = tree.id() else { return };
        if !id.contains(':') && !id.is_empty() {
            let text = format!("{} is no absolute identifier", shown(id));
            notes.deviation(at, "ID_FORM", text);
        }
        if tree.is_reference() {
            return;
        }
        match self.nodes.get(id) {
            Some(first) if differ(first, tree) => {
                let text = format!("{} is the id of another node too; both are kept", shown(id));
                notes.deviation(at, "ID_SHARED", text);
            }
            Some(_) => {}
            None => _ = self.nodes.insert(id, tree),
        }
    }
}

/// Concepts are often written with some labels here and others there; only two
/// labels in one language are at odds.
fn differ(first: &Tree<'_>, other: &Tree<'_>) -> bool {
    if !other.has_type("Concept") {
        return first != other;
    }
    let labels = |tree| Tree::get(tree, "prefLabel");
    let (Some(first), Some(other)) = (labels(first), labels(other)) else { return false };
    first.members().iter().any(|(tag, text)| other.get(tag).is_some_and(|it| it != text))
}

/// JSON-LD 1.1 §9.2: an id is a string, types are strings, neither stands twice.
fn keywords(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
    for (term, keyword) in [("id", "@id"), ("type", "@type")] {
        if tree.get(term).is_some() && tree.get(keyword).is_some() {
            let text = format!("{term} and {keyword} are the same member");
            notes.fault(&at.member(keyword), KEYWORD_REPEATED, text);
        }
    }
    if let Some(sent) = tree.get("id").or_else(|| tree.get("@id"))
        && sent.text().is_none()
    {
        notes.fault(&at.member("id"), "ID_FORM", format!("found {}", sent.found()));
    }
}

/// RFC 7493 §2.3: no two members of one name. Readers differ in which they
/// take, so one document would say two things under one seal.
fn repeated(members: &[Member<'_>], at: &At<'_>, notes: &mut Notes) {
    let mut told = |name: &str| {
        notes.fault(&at.member(name), "NAME_REPEATED", "the object has two members of this name");
    };
    if members.len() <= FEW {
        let mut rest = members;
        while let Some(((name, _), after)) = rest.split_first() {
            if after.iter().any(|(other, _)| other == name) {
                told(name);
            }
            rest = after;
        }
    } else {
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
        names.sort_unstable();
        let twice = names.windows(2).filter_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        });
        twice.for_each(told);
    }
}
