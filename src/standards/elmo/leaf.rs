//! hei-elmo: elements that hold only text, by their type in the schema.

use hei_xml::Element;

use crate::date::{DateFlaw, Written};
use crate::decimal::Decimal;
use crate::model::{Country, Identifier, Text};
use crate::notes::{Notes, shown};
use crate::read::Version;
use crate::vocabulary::{is_country_uri, is_iso_country, is_language_tag, is_placeholder};

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

impl Notes {
    /// Whatever text is there, with a note on what should not be.
    fn raw<'d>(&mut self, element: Element<'d>, attributes: &[&str]) -> &'d str {
        self.attributes(element, attributes);
        for child in element.children() {
            self.unknown(child);
        }
        element.text()
    }

    /// Text without the white space around it (xs:token).
    fn trimmed<'d>(&mut self, element: Element<'d>, attributes: &[&str]) -> &'d str {
        let raw = self.raw(element, attributes);
        let text = raw.trim_matches(SPACE);
        if text.is_empty() {
            self.deviation(element.path(), "EMPTY", "the element is empty");
        } else if text.len() != raw.len() {
            self.padded(element);
        }
        text
    }

    fn padded(&mut self, element: Element<'_>) {
        self.deviation(element.path(), "PADDED", "white space stands around the value");
    }

    /// xs:token; an empty one is none.
    pub fn token(&mut self, element: Option<Element<'_>>) -> Option<String> {
        let text = self.trimmed(element?, &[]);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A token that the schema takes from a list; another is kept as sent.
    pub fn listed(&mut self, element: Option<Element<'_>>, list: &[&str]) -> Option<String> {
        let value = self.token(element)?;
        if !list.contains(&value.as_str()) {
            let text = format!("{} is none of: {}", shown(&value), list.join(", "));
            self.deviation(element?.path(), "VALUE_UNKNOWN", text);
        }
        Some(value)
    }

    /// Text byte for byte, white space included; only an empty one is none.
    pub fn verbatim(&mut self, element: Option<Element<'_>>) -> Option<String> {
        let element = element?;
        let raw = self.raw(element, &[]);
        if raw.trim_matches(SPACE).is_empty() {
            self.deviation(element.path(), "EMPTY", "the element is empty");
            return None;
        }
        if raw.trim_matches(SPACE).len() != raw.len() {
            self.padded(element);
        }
        Some(raw.to_owned())
    }

    /// A token with an optional language.
    pub fn title(&mut self, element: Element<'_>) -> Text {
        let text = self.trimmed(element, &["xml:lang"]).to_owned();
        Text { language: self.language(element), text }
    }

    /// A string with an optional language, white space and all.
    pub fn prose(&mut self, element: Element<'_>) -> Text {
        let text = self.raw(element, &["xml:lang"]).to_owned();
        Text { language: self.language(element), text }
    }

    fn language(&mut self, element: Element<'_>) -> Option<String> {
        let tag = element.language().filter(|tag| !tag.is_empty())?;
        if !is_language_tag(tag) {
            let text = format!("{} is not one language tag", shown(tag));
            self.deviation(format!("{}/@xml:lang", element.path()), "LANGUAGE_FORM", text);
        }
        Some(tag.to_owned())
    }

    /// A language of instruction: kept as sent, noted if it is not one tag.
    pub fn spoken(&mut self, element: Option<Element<'_>>) -> Option<String> {
        let tag = self.token(element)?;
        if !is_language_tag(&tag) {
            let text = format!("{} is not one language tag", shown(&tag));
            self.deviation(element?.path(), "LANGUAGE_FORM", text);
        }
        Some(tag)
    }

    /// An identifier; an empty one is none.
    pub fn identifier(&mut self, element: Element<'_>) -> Option<Identifier> {
        let value = self.trimmed(element, &["type"]).to_owned();
        let kind = element.attribute("", "type").map(|kind| kind.trim_matches(SPACE));
        if kind.is_none_or(str::is_empty) {
            let path = format!("{}/@type", element.path());
            self.deviation(path, "MISSING", "the identifier does not say its type");
        }
        if is_placeholder(&value) {
            let text = format!("{} looks like a placeholder", shown(&value));
            self.deviation(element.path(), "PLACEHOLDER", text);
        }
        let kind = kind.unwrap_or_default().to_owned();
        (!value.is_empty()).then_some(Identifier { kind, value })
    }

    /// A country; 1.x has no type and means ISO.
    pub fn country(&mut self, element: Option<Element<'_>>) -> Option<Country> {
        let element = element?;
        let known: &[&str] = if self.version == Version::V2 { &["type"] } else { &[] };
        let code = self.trimmed(element, known).to_owned();
        let sent = element.attribute("", "type").map(|kind| kind.trim_matches(SPACE));
        if sent.is_none() && self.version == Version::V2 {
            let path = format!("{}/@type", element.path());
            self.deviation(path, "MISSING", "the country does not say whether it is ISO or URI");
        }
        if code.is_empty() {
            return None;
        }
        let kind = match sent {
            Some(kind) => kind,
            None if code.contains("://") => "URI",
            None => "ISO",
        };
        let right = match kind {
            "ISO" => is_iso_country(&code),
            "URI" => is_country_uri(&code),
            _ => false,
        };
        if !right {
            let text = format!(
                "{} is no country of type {}; it is kept as sent",
                shown(&code),
                shown(kind)
            );
            self.deviation(element.path(), "COUNTRY_UNKNOWN", text);
        }
        Some(Country { kind: kind.to_owned(), code })
    }

    /// xs:date.
    pub fn date(&mut self, element: Option<Element<'_>>) -> Option<Written> {
        let written = self.written(element?)?;
        if !written.time.is_empty() {
            let text = "a day is expected here, not a time";
            self.deviation(element?.path(), "DATE_FORM", text);
        }
        Some(written)
    }

    /// xs:dateTime.
    pub fn date_time(&mut self, element: Option<Element<'_>>) -> Option<Written> {
        let written = self.written(element?)?;
        if written.time.is_empty() {
            let text = "a day with its time is expected here";
            self.deviation(element?.path(), "DATE_FORM", text);
        }
        Some(written)
    }

    fn written(&mut self, element: Element<'_>) -> Option<Written> {
        let text = self.trimmed(element, &[]);
        if text.is_empty() {
            return None;
        }
        match Written::parse(text) {
            Ok(written) => Some(written),
            Err(DateFlaw::Form) => {
                let text = format!("{} is not a date; write it as 2026-01-31", shown(text));
                self.fault(element.path(), "DATE_INVALID", text);
                None
            }
            Err(DateFlaw::Impossible) => {
                let text = format!("{} is on no calendar", shown(text));
                self.fault(element.path(), "DATE_IMPOSSIBLE", text);
                None
            }
        }
    }

    /// xs:decimal that is not credits: an unreadable one is left out.
    pub fn decimal(&mut self, element: Option<Element<'_>>) -> Option<Decimal> {
        let value = self.token(element)?;
        let number = Decimal::parse(&value);
        if number.is_none() {
            let text = format!("{} is not a decimal number; it was left out", shown(&value));
            self.dropped(element?.path(), "NUMBER_INVALID", text);
        }
        number
    }

    /// The value of credits: a comma or a minus would change what is awarded.
    pub fn credit_value(&mut self, element: Option<Element<'_>>) -> Option<Decimal> {
        let value = self.token(element)?;
        let path = element?.path();
        match Decimal::parse(&value) {
            Some(number) if number.is_negative() => {
                let text = format!("{} credits are below zero", shown(&value));
                self.fault(path, "CREDITS_INVALID", text);
                None
            }
            Some(number) => Some(number),
            None => {
                let text = format!(
                    "{} is not a decimal number; write it with a point, as 7.5",
                    shown(&value)
                );
                self.fault(path, "CREDITS_INVALID", text);
                None
            }
        }
    }
}
