//! hei-elm: values that are no nodes, by their type in the context.

use hei_elmo::vocabulary::is_duration;
use hei_elmo::{DateFlaw, Decimal, Written};

use crate::at::At;
use crate::notes::{Notes, shown};
use crate::tree::Tree;
use crate::write::Out;

pub(crate) trait Value: Sized {
    /// None with a fault told, or where there is nothing.
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self>;
    fn write(&self, out: &mut Out);
}

/// A whole number (`xsd:integer`) as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole(pub String);

/// `xsd:duration` as it was written: "PT60H".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duration(pub String);

impl Value for String {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        literal(tree, at, notes)
    }

    fn write(&self, out: &mut Out) {
        out.text(self);
    }
}

impl Value for bool {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        match unwrapped(tree) {
            Tree::Truth(truth) => Some(*truth),
            Tree::Text(text) if text == "true" => Some(true),
            Tree::Text(text) if text == "false" => Some(false),
            other => {
                let text = format!("true or false is expected, found {}", other.found());
                notes.fault(at, "TRUTH_EXPECTED", text);
                None
            }
        }
    }

    fn write(&self, out: &mut Out) {
        out.raw(if *self { "true" } else { "false" });
    }
}

impl Value for Whole {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        let text = match unwrapped(tree) {
            Tree::Number(number) => (*number).to_owned(),
            other => literal(other, at, notes)?,
        };
        let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
            let told = format!("{} is no whole number; it is kept as sent", shown(&text));
            notes.deviation(at, "NUMBER_FORM", told);
        }
        Some(Self(text))
    }

    /// As a number wherever JSON has the same spelling for it.
    fn write(&self, out: &mut Out) {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        let plain = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        // serde_json turns longer ones into floating point; the text stays exact.
        if plain && digits.len() <= 18 && (digits == "0" || !digits.starts_with('0')) {
            out.raw(&self.0);
        } else {
            out.text(&self.0);
        }
    }
}

impl Value for Duration {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        let text = literal(tree, at, notes)?;
        if !is_duration(&text) {
            let told = format!("{} is no duration; it is kept as sent", shown(&text));
            notes.deviation(at, "DURATION_FORM", told);
        }
        Some(Self(text))
    }

    fn write(&self, out: &mut Out) {
        out.text(&self.0);
    }
}

/// Credits: a comma or a minus would change what is awarded.
impl Value for Decimal {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        let text = match unwrapped(tree) {
            Tree::Number(number) => {
                let told = "the credits are a number; the shapes require a string";
                notes.deviation(at, "NUMBER_AS_TEXT", told);
                (*number).to_owned()
            }
            other => literal(other, at, notes)?,
        };
        match Self::parse(&text) {
            Some(number) if number.is_negative() => {
                let told = format!("{} credits are below zero", shown(&text));
                notes.fault(at, "CREDITS_INVALID", told);
                None
            }
            Some(number) => Some(number),
            None => {
                let told = format!(
                    "{} is not a decimal number; write it with a point, as \"7.5\"",
                    shown(&text)
                );
                notes.fault(at, "CREDITS_INVALID", told);
                None
            }
        }
    }

    fn write(&self, out: &mut Out) {
        out.text(self.as_str());
    }
}

/// `xsd:dateTime`. A mere day stays one: midnight would be an invention.
impl Value for Written {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        let found = unwrapped(tree);
        let Some(text) = found.text() else {
            let told = format!(
                "a date with its time is expected, found {}; write it as \"2026-01-31T10:15:30Z\"",
                found.found()
            );
            notes.fault(at, "DATE_INVALID", told);
            return None;
        };
        match Self::parse(text) {
            Ok(written) => {
                if written.time.is_empty() {
                    let told = "a day with its time is expected here";
                    notes.deviation(at, "DATE_FORM", told);
                }
                Some(written)
            }
            Err(DateFlaw::Form) => {
                let told =
                    format!("{} is not a date; write it as 2026-01-31T10:15:30Z", shown(text));
                notes.fault(at, "DATE_INVALID", told);
                None
            }
            Err(DateFlaw::Impossible) => {
                let told = format!("{} is on no calendar", shown(text));
                notes.fault(at, "DATE_IMPOSSIBLE", told);
                None
            }
        }
    }

    fn write(&self, out: &mut Out) {
        let text = if self.time.is_empty() { self.as_date() } else { self.as_date_time() };
        out.text(&text);
    }
}

/// JSON-LD 1.1 §4.2: a value may stand as `{"@value": …, "@type": …}`.
pub(crate) fn unwrapped<'t, 'd>(tree: &'t Tree<'d>) -> &'t Tree<'d> {
    tree.get("@value").unwrap_or(tree)
}

/// Text byte for byte; a number where text is expected keeps its digits.
pub(crate) fn literal(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<String> {
    match unwrapped(tree) {
        Tree::Text(text) => Some(text.as_ref().to_owned()),
        Tree::Number(number) => {
            notes.deviation(at, "NUMBER_AS_TEXT", "a number stands where text is expected");
            Some((*number).to_owned())
        }
        other => {
            let text = format!("text is expected, found {}", other.found());
            notes.fault(at, "TEXT_EXPECTED", text);
            None
        }
    }
}
