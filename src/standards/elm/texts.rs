//! hei-elm: texts by language, in each of the forms JSON-LD has for them
//! (JSON-LD 1.1 §4.2.4): a language map with one text or several, value
//! objects, a bare string.

use hei_elmo::vocabulary::is_language_tag;

use crate::at::At;
use crate::class::Occurs;
use crate::field::Field;
use crate::limits::TEXTS_MAX;
use crate::notes::{Notes, shown};
use crate::tree::Tree;
use crate::value::{literal, unwrapped};
use crate::write::Out;

/// What text without a language is (BCP 47 §4.1).
pub const UNDETERMINED: &str = "und";

/// Terms of which the shapes allow one text a language (`sh:uniqueLang`).
const UNIQUE: &[&str] = &["title", "description", "prefLabel", "legalName"];

/// A text with its language tag as sent, or `und`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub language: String,
    pub text: String,
}

/// Texts of one member; those of one language stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<Text>);

impl Texts {
    /// One text.
    #[must_use]
    pub fn one(language: &str, text: &str) -> Self {
        let mut texts = Self::default();
        texts.push(language, text.to_owned());
        texts
    }

    /// Adds a text beside those of its language.
    pub fn push(&mut self, language: &str, text: String) {
        let language = if language.is_empty() { UNDETERMINED } else { language };
        let last = self.0.iter().rposition(|it| it.language == language);
        let place = last.map_or(self.0.len(), |last| last + 1);
        self.0.insert(place, Text { language: language.to_owned(), text });
    }

    fn add_map(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
        for (tag, value) in tree.members() {
            let at = at.member(tag);
            let language = if tag == "@none" { UNDETERMINED } else { tag };
            if !is_language_tag(language) {
                let text = format!("{} is not one language tag", shown(tag));
                notes.deviation(&at, "LANGUAGE_FORM", text);
            }
            value.each(&at, |one, at| {
                if let Some(text) = literal(one, at, notes) {
                    self.add_text(language, text, at, notes);
                }
            });
        }
    }

    fn add_text(&mut self, language: &str, text: String, at: &At<'_>, notes: &mut Notes) {
        if self.0.len() < TEXTS_MAX {
            self.push(language, text);
        } else {
            let told = format!("there are more than {TEXTS_MAX} texts; no member needs that");
            notes.fault(at, "TEXTS_MANY", told);
        }
    }

    fn add_value(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
        let language = tree.get("@language").and_then(Tree::text);
        if language.is_none() {
            notes.deviation(at, "LANGUAGE_MISSING", "the text does not say its language");
        }
        if let Some(text) = literal(unwrapped(tree), at, notes) {
            self.add_text(language.unwrap_or(UNDETERMINED), text, at, notes);
        }
    }

    /// The runs of one language.
    fn languages(&self) -> impl Iterator<Item = &[Text]> {
        self.0.chunk_by(|one, other| one.language == other.language)
    }
}

impl Field for Texts {
    fn add(&mut self, tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
        match tree {
            Tree::Node(_) if tree.get("@value").is_none() => self.add_map(tree, at, notes),
            other => self.add_value(other, at, notes),
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn is_full(&self) -> bool {
        false
    }

    fn check(&self, term: &str, occurs: Occurs, at: &At<'_>, notes: &mut Notes) {
        if occurs.is_single() && self.0.len() > 1 {
            notes.deviation(at, "TEXTS_SEVERAL", "the shapes allow one text in one language");
        } else if UNIQUE.contains(&term)
            && let Some(run) = self.languages().find(|run| run.len() > 1)
        {
            let tag = run.first().map(|it| it.language.as_str()).unwrap_or_default();
            let text = format!("the shapes allow one text in the language {}", shown(tag));
            notes.deviation(at, "LANGUAGE_REPEATED", text);
        }
    }

    fn write(&self, term: &str, out: &mut Out) {
        if self.0.is_empty() {
            return;
        }
        out.name(term);
        out.map(|out| {
            for run in self.languages() {
                match run {
                    [] => {}
                    [one] => {
                        out.name(&one.language);
                        out.text(&one.text);
                    }
                    [first, ..] => {
                        out.name(&first.language);
                        out.list(run, |out, one| out.text(&one.text));
                    }
                }
            }
        });
    }
}
