//! hei-elmo: the type `LearningOpportunitySpecification` and its parts.

use hei_xml::Element;

use super::instance;
use crate::model::{Instance, Specification};
use crate::notes::Notes;
use crate::table::Occurs::{Any, Many, ManyFrom2, One, Optional};
use crate::table::{Parts, Table};
use crate::vocabulary::{DOCUMENT_KINDS, SPECIFICATION_KINDS};

const SPECIFICATION: Table = &[
    ("identifier", ManyFrom2),
    ("title", Many),
    ("type", Optional),
    ("subjectArea", Optional),
    ("iscedCode", Optional),
    ("url", Optional),
    ("description", Any),
    ("descriptionHtml", Any),
    ("documentType", Optional),
    ("specifies", One),
    ("hasPart", Any),
    ("extension", Optional),
];
const SPECIFIES: Table = &[("learningOpportunityInstance", One), ("extension", Optional)];
// `Many`, not `One`: a second one is outside the schema, but it is a course.
const HAS_PART: Table = &[("learningOpportunitySpecification", Many)];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Specification {
    let parts = notes.examine(element, SPECIFICATION, &[]);
    note_extension(&parts, notes);
    Specification {
        identifiers: parts.all("identifier").filter_map(|it| notes.identifier(it)).collect(),
        titles: parts.all("title").map(|it| notes.title(it)).collect(),
        kind: notes.listed(parts.first("type"), SPECIFICATION_KINDS),
        subject_area: notes.token(parts.first("subjectArea")),
        isced_code: notes.token(parts.first("iscedCode")),
        url: notes.token(parts.first("url")),
        descriptions: parts.all("description").map(|it| notes.prose(it)).collect(),
        html_descriptions: parts.all("descriptionHtml").map(|it| notes.prose(it)).collect(),
        document_kind: notes.listed(parts.first("documentType"), DOCUMENT_KINDS),
        instance: parts.first("specifies").and_then(|it| specifies(it, notes)),
        parts: parts.all("hasPart").flat_map(|it| has_part(it, notes)).collect(),
    }
}

fn specifies(element: Element<'_>, notes: &mut Notes) -> Option<Instance> {
    let parts = notes.examine(element, SPECIFIES, &[]);
    note_extension(&parts, notes);
    parts.first("learningOpportunityInstance").map(|it| instance::read(it, notes))
}

fn has_part(element: Element<'_>, notes: &mut Notes) -> Vec<Specification> {
    let parts = notes.examine(element, HAS_PART, &[]);
    let found: Vec<Element<'_>> = parts.all("learningOpportunitySpecification").collect();
    for second in found.iter().skip(1) {
        let text = "only one is allowed in a hasPart; it was read as a part of its own";
        notes.deviation(second.path(), "REPEATED", text);
    }
    found.into_iter().map(|it| read(it, notes)).collect()
}

pub(super) fn note_extension(parts: &Parts<'_>, notes: &mut Notes) {
    if let Some(extension) = parts.first("extension") {
        notes.unread(extension.path(), "EXTENSION", "an extension is not taken over");
    }
}
