//! hei-elm: a JSON document in memory. Members keep their order and their
//! repetitions, numbers their literal text.

use std::borrow::Cow;

use crate::at::At;
use crate::notes::shown;

pub(crate) type Member<'d> = (Cow<'d, str>, Tree<'d>);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tree<'d> {
    Null,
    Truth(bool),
    /// As written: `7.50`.
    Number(&'d str),
    Text(Cow<'d, str>),
    List(Vec<Tree<'d>>),
    Node(Vec<Member<'d>>),
}

impl<'d> Tree<'d> {
    /// The members; none where it is no object.
    pub fn members(&self) -> &[Member<'d>] {
        match self {
            Self::Node(members) => members,
            _ => &[],
        }
    }

    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(known, _)| known == name).map(|(_, tree)| tree)
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The values of a member: one, several, or none. JSON-LD 1.1 §9.4: null is
    /// no value, and an array of one is the same as the one.
    pub fn each(&self, at: &At<'_>, mut visit: impl FnMut(&Self, &At<'_>)) {
        match self {
            Self::Null => {}
            Self::List(items) => {
                let present = items.iter().enumerate().filter(|(_, it)| **it != Self::Null);
                present.for_each(|(index, item)| visit(item, &at.item(index)));
            }
            single => visit(single, at),
        }
    }

    /// What [`Tree::each`] visits.
    pub fn values(&self) -> impl Iterator<Item = &Self> {
        let items = match self {
            Self::List(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        items.iter().filter(|it| **it != Self::Null)
    }

    /// `type` or its keyword, one or several.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        let sent = self.get("type").or_else(|| self.get("@type"));
        sent.into_iter().flat_map(Self::values).filter_map(Self::text)
    }

    pub fn has_type(&self, name: &str) -> bool {
        self.types().any(|known| known == name)
    }

    /// `id` or its keyword.
    pub fn id(&self) -> Option<&str> {
        self.get("id").or_else(|| self.get("@id")).and_then(Self::text)
    }

    /// Whether it says nothing but which node it means.
    pub fn is_reference(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Node(members) => members.iter().all(|(name, _)| name == "id" || name == "@id"),
            _ => false,
        }
    }

    /// What was found, as a message tells it.
    pub fn found(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => format!("the number {}", shown(number).trim_matches('"')),
            Self::Text(text) => format!("the string {}", shown(text)),
            Self::List(_) => "an array".to_owned(),
            Self::Node(_) => "an object".to_owned(),
        }
    }
}
