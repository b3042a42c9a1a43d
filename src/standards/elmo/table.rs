//! hei-elmo: the children of each element as a table, checked in one place:
//! unknown, repeated, missing, out of order.

use hei_xml::Element;

use crate::notes::{Notes, shown};
use crate::read::Version;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SIGNATURE_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// How often a child may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurs {
    /// 1
    One,
    /// 1 in the second version, else 0 or 1
    OneFrom2,
    /// 0 or 1
    Optional,
    /// 0 or 1, and gone in the second version
    OptionalBefore2,
    /// 1 or more
    Many,
    /// 1 or more in the second version, else 0 or more
    ManyFrom2,
    /// 0 or more
    Any,
}

pub(crate) type Table = &'static [(&'static str, Occurs)];

/// The known children of an element.
pub(crate) struct Parts<'d> {
    found: Vec<(&'static str, Element<'d>)>,
}

impl<'d> Parts<'d> {
    pub fn first(&self, name: &str) -> Option<Element<'d>> {
        self.all(name).next()
    }

    pub fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = Element<'d>> + 'p {
        self.found.iter().filter(move |(known, _)| *known == name).map(|(_, element)| *element)
    }
}

impl Notes {
    /// Compares an element with its table and notes what differs.
    pub fn examine<'d>(
        &mut self,
        element: Element<'d>,
        table: Table,
        attributes: &[&str],
    ) -> Parts<'d> {
        self.attributes(element, attributes);
        if !element.text().trim_ascii().is_empty() {
            let text = shown(element.text().trim_ascii());
            self.dropped(
                element.path(),
                "STRAY_TEXT",
                format!("text {text} stands between elements"),
            );
        }
        let found = self.sort(element, table);
        self.missing(element, table, &found);
        Parts { found }
    }

    fn sort<'d>(&mut self, element: Element<'d>, table: Table) -> Vec<(&'static str, Element<'d>)> {
        let mut found: Vec<(&'static str, Element<'d>)> = Vec::new();
        let mut reached = 0;
        let mut disordered = false;
        for child in element.children() {
            let Some(place) = self.place(child, table) else {
                self.unknown(child);
                continue;
            };
            if place < reached && !disordered {
                disordered = true;
                self.deviation(child.path(), "ORDER", "it stands later than the schema has it");
            }
            reached = reached.max(place);
            if let Some((name, occurs)) = table.get(place) {
                let before = found.iter().any(|(known, _)| known == name);
                if before && occurs.single() {
                    let text = "only one is allowed here; the first one was taken";
                    self.dropped(child.path(), "REPEATED", text);
                } else {
                    found.push((name, child));
                }
            }
        }
        found
    }

    fn place(&mut self, child: Element<'_>, table: Table) -> Option<usize> {
        let signature = child.namespace() == SIGNATURE_NAMESPACE && child.name() == "Signature";
        if !signature && child.namespace() != self.namespace {
            return None;
        }
        let place = table.iter().position(|(name, _)| *name == child.name())?;
        let gone = table.get(place).is_some_and(|(_, occurs)| *occurs == Occurs::OptionalBefore2);
        if gone && self.version == Version::V2 {
            let text = "this element is gone since version 2";
            self.deviation(child.path(), "GONE_FROM_SCHEMA", text);
        }
        Some(place)
    }

    pub fn unknown(&mut self, child: Element<'_>) {
        let text = format!("the schema has no <{}> here; it was left out", child.name());
        self.dropped(child.path(), "UNKNOWN_ELEMENT", text);
    }

    fn missing(&mut self, element: Element<'_>, table: Table, found: &[(&str, Element<'_>)]) {
        for (name, occurs) in table {
            if occurs.required(self.version) && !found.iter().any(|(known, _)| known == name) {
                let path = format!("{}/{name}", element.path());
                self.deviation(path, "MISSING", format!("the schema requires <{name}>"));
            }
        }
    }

    /// Notes the attributes that the schema does not have here.
    pub fn attributes(&mut self, element: Element<'_>, known: &[&str]) {
        for attribute in element.attributes() {
            let expected = match attribute.namespace {
                "" => known.contains(&attribute.name),
                XSI => true,
                hei_xml::XML_NAMESPACE => {
                    known.contains(&format!("xml:{}", attribute.name).as_str())
                }
                _ => false,
            };
            if !expected {
                let path = format!("{}/@{}", element.path(), attribute.name);
                let text = format!("the schema has no attribute {} here", attribute.name);
                self.dropped(path, "UNKNOWN_ATTRIBUTE", text);
            }
        }
    }
}

impl Occurs {
    fn single(self) -> bool {
        matches!(self, Self::One | Self::OneFrom2 | Self::Optional | Self::OptionalBefore2)
    }

    fn required(self, version: Version) -> bool {
        match self {
            Self::One | Self::Many => true,
            Self::OneFrom2 | Self::ManyFrom2 => version == Version::V2,
            Self::Optional | Self::OptionalBefore2 | Self::Any => false,
        }
    }
}
