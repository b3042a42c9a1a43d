//! hei-xml: what stands inside a start tag (XML 1.0 §3.1), read strictly.

use std::borrow::Cow;

use crate::character::{is_char, is_ncname, is_space};
use crate::limits::ATTRIBUTES_PER_ELEMENT_MAX;

/// A name as written, prefix and local part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub prefix: &'a str,
    pub local: &'a str,
}

/// An attribute as written, its value normalised (XML 1.0 §3.3.3).
#[derive(Debug)]
pub(crate) struct Written<'a> {
    pub name: &'a str,
    pub value: Cow<'a, str>,
}

/// Why a tag or a reference is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Syntax(String),
    Character(u32),
    TooMany,
}

impl Flaw {
    fn syntax(what: impl Into<String>) -> Self {
        Self::Syntax(what.into())
    }
}

/// Splits a tag's inside into its name and the rest.
pub(crate) fn split(inside: &str) -> (&str, &str) {
    inside.find(is_space).map_or((inside, ""), |at| inside.split_at(at))
}

/// The parts of a qualified name (Namespaces in XML 1.0 §4).
pub(crate) fn name(written: &str) -> Result<Name<'_>, Flaw> {
    let found = match written.split_once(':') {
        Some((prefix, local)) => Name { prefix, local },
        None => Name { prefix: "", local: written },
    };
    let prefixed = written.contains(':');
    if !is_ncname(found.local) || (prefixed && !is_ncname(found.prefix)) {
        let shown: String = written.chars().take(40).collect();
        return Err(Flaw::syntax(format!("{shown:?} is not a name")));
    }
    Ok(found)
}

/// The attributes in the rest of a tag's inside.
pub(crate) fn attributes(rest: &str) -> Result<Vec<Written<'_>>, Flaw> {
    let mut found = Vec::new();
    let mut rest = rest;
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        if trimmed.is_empty() {
            return Ok(found);
        }
        if trimmed.len() == rest.len() {
            return Err(Flaw::syntax("white space is missing before an attribute"));
        }
        if found.len() >= ATTRIBUTES_PER_ELEMENT_MAX {
            return Err(Flaw::TooMany);
        }
        let (attribute, after) = attribute(trimmed)?;
        found.push(attribute);
        rest = after;
    }
}

fn attribute(text: &str) -> Result<(Written<'_>, &str), Flaw> {
    let (name, after) =
        text.split_once('=').ok_or_else(|| Flaw::syntax("an attribute has no value"))?;
    let after = after.trim_start_matches(is_space);
    let quote = after
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))
        .ok_or_else(|| Flaw::syntax("an attribute's value is not in quotes"))?;
    let (raw, rest) = after
        .get(1..)
        .unwrap_or_default()
        .split_once(quote)
        .ok_or_else(|| Flaw::syntax("an attribute's value is not closed"))?;
    let name = name.trim_end_matches(is_space);
    let value = value(raw)?;
    Ok((Written { name, value }, rest))
}

fn value(raw: &str) -> Result<Cow<'_, str>, Flaw> {
    if raw.contains('<') {
        return Err(Flaw::syntax("an attribute's value has a '<'"));
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        push_normalised(&mut out, before);
        let (reference, after) =
            from.split_once(';').ok_or_else(|| Flaw::syntax("a reference is not closed by ';'"))?;
        out.push(resolve(reference.get(1..).unwrap_or_default())?);
        rest = after;
    }
    push_normalised(&mut out, rest);
    Ok(Cow::Owned(out))
}

fn push_normalised(out: &mut String, piece: &str) {
    let joined = piece.replace("\r\n", " ");
    out.extend(joined.chars().map(|found| if is_space(found) { ' ' } else { found }));
}

/// The character of a reference, without `&` and `;`: one of the five
/// predefined entities or a character reference, nothing else.
pub(crate) fn resolve(reference: &str) -> Result<char, Flaw> {
    match reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => character_reference(reference),
    }
}

fn character_reference(reference: &str) -> Result<char, Flaw> {
    let unknown = || {
        let shown: String = reference.chars().take(40).collect();
        Flaw::syntax(format!("the entity &{shown}; is not defined"))
    };
    let number = reference.strip_prefix('#').ok_or_else(unknown)?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(unknown());
    }
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    char::from_u32(code).filter(|found| is_char(*found)).ok_or(Flaw::Character(code))
}
