//! hei-elm: from JSON text to the tree. serde_json reads; only the literal text
//! of numbers, which it turns into binary floating point, comes from a pass of
//! our own over the same text. Its feature `arbitrary_precision` would do that
//! too, but for every crate of the workspace at once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::limits::{DEPTH_MAX, MEMBERS_MAX, VALUES_MAX};
use crate::tree::Tree;
use crate::trouble::Trouble;

/// Reads one JSON value and nothing after it.
pub(crate) fn parse(text: &str) -> Result<Tree<'_>, Trouble> {
    let mut state = State { numbers: Numbers { rest: text }, values: 0, trouble: None };
    let mut source = serde_json::Deserializer::from_str(text);
    let branch = Branch { state: &mut state, depth: 0 };
    let tree = branch.deserialize(&mut source).and_then(|tree| source.end().map(|()| tree));
    tree.map_err(|error| {
        state.trouble.unwrap_or_else(|| Trouble::NotJson { what: error.to_string() })
    })
}

struct State<'d> {
    numbers: Numbers<'d>,
    values: usize,
    /// Why we ourselves stopped.
    trouble: Option<Trouble>,
}

struct Branch<'s, 'd> {
    state: &'s mut State<'d>,
    depth: usize,
}

impl<'d> Branch<'_, 'd> {
    fn below(&mut self) -> Branch<'_, 'd> {
        Branch { state: &mut *self.state, depth: self.depth + 1 }
    }

    fn enter<E: Error>(&mut self) -> Result<(), E> {
        self.state.values += 1;
        let trouble = if self.depth > DEPTH_MAX {
            Trouble::TooComplex { what: "levels of nesting", limit: DEPTH_MAX }
        } else if self.state.values > VALUES_MAX {
            Trouble::TooComplex { what: "values", limit: VALUES_MAX }
        } else {
            return Ok(());
        };
        self.stop(trouble)
    }

    /// What we ourselves do not read on.
    fn stop<E: Error>(&mut self, trouble: Trouble) -> Result<(), E> {
        let error = E::custom(&trouble);
        self.state.trouble = Some(trouble);
        Err(error)
    }
}

impl<'d> DeserializeSeed<'d> for Branch<'_, 'd> {
    type Value = Tree<'d>;

    fn deserialize<D: Deserializer<'d>>(mut self, source: D) -> Result<Tree<'d>, D::Error> {
        self.enter()?;
        source.deserialize_any(self)
    }
}

impl<'d> Visitor<'d> for Branch<'_, 'd> {
    type Value = Tree<'d>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree<'d>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Tree<'d>, E> {
        Ok(Tree::Truth(truth))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree<'d>, E> {
        Ok(Tree::Number(self.state.numbers.next()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree<'d>, E> {
        Ok(Tree::Number(self.state.numbers.next()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree<'d>, E> {
        Ok(Tree::Number(self.state.numbers.next()))
    }

    fn visit_borrowed_str<E>(self, text: &'d str) -> Result<Tree<'d>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'d>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'d>>(mut self, mut source: A) -> Result<Tree<'d>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = source.next_element_seed(self.below())? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'d>>(mut self, mut source: A) -> Result<Tree<'d>, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = source.next_key_seed(Name)? {
            if members.len() == MEMBERS_MAX {
                let (what, limit) = ("members in one object", MEMBERS_MAX);
                self.stop(Trouble::TooComplex { what, limit })?;
            }
            members.push((name, source.next_value_seed(self.below())?));
        }
        Ok(Tree::Node(members))
    }
}

struct Name;

impl<'d> DeserializeSeed<'d> for Name {
    type Value = Cow<'d, str>;

    fn deserialize<D: Deserializer<'d>>(self, source: D) -> Result<Cow<'d, str>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'d> Visitor<'d> for Name {
    type Value = Cow<'d, str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, text: &'d str) -> Result<Cow<'d, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'d, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The number literals of a JSON text, in its order; found only when asked for.
struct Numbers<'d> {
    rest: &'d str,
}

impl<'d> Numbers<'d> {
    fn next(&mut self) -> &'d str {
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => at = after_string(bytes, at + 1),
                b'-' | b'0'..=b'9' => break,
                _ => at += 1,
            }
        }
        let tail = self.rest.get(at..).unwrap_or_default();
        let outside = |it: char| !matches!(it, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        let (number, rest) = tail.split_at(tail.find(outside).unwrap_or(tail.len()));
        self.rest = rest;
        number
    }
}

/// The place after the closing quote.
fn after_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}
