//! hei-elmo: the element `learningOpportunityInstance`: when, with what result,
//! for which credits.

use hei_xml::Element;

use super::issuer;
use super::specification::note_extension;
use crate::fits::is_count;
use crate::model::{
    Category, Credit, Enrolment, Instance, Level, ResultDistribution, ShortenedGrading, Term,
};
use crate::notes::{Notes, shown};
use crate::table::Occurs::{Any, Many, One, Optional, OptionalBefore2};
use crate::table::{Parts, Table};
use crate::vocabulary::{CREDIT_LEVELS, STATUSES, is_duration, is_placeholder};

const INSTANCE: Table = &[
    ("identifier", Any),
    ("enrolment", Optional),
    ("start", Optional),
    ("date", Optional),
    ("academicTerm", Optional),
    ("duration", Optional),
    ("status", Optional),
    ("gradingSchemeLocalId", Optional),
    ("gradingSchemeExternalId", Optional),
    ("resultLabel", Optional),
    ("shortenedGrading", Optional),
    ("resultDistribution", Optional),
    ("credit", Any),
    ("level", Any),
    ("languageOfInstruction", Optional),
    ("engagementHours", Optional),
    ("attachments", Optional),
    ("grouping", Optional),
    ("extension", Optional),
    ("diplomaSupplement", Optional),
];
const ENROLMENT: Table =
    &[("enrolmentInstitution", One), ("enrolmentDate", One), ("academicYear", One)];
const YEAR: Table = &[("start", One), ("end", One)];
const TERM: Table = &[("title", Many), ("start", One), ("end", One)];
const SHORTENED: Table =
    &[("percentageLower", One), ("percentageEqual", One), ("percentageHigher", One)];
const DISTRIBUTION: Table = &[("category", Many), ("description", Any)];
const CREDIT: Table = &[("scheme", One), ("level", OptionalBefore2), ("value", Optional)];
const LEVEL: Table = &[("type", One), ("description", Optional), ("value", Optional)];
const REFERENCES: Table = &[("ref", Any)];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Instance {
    let parts = notes.examine(element, INSTANCE, &[]);
    note_untyped(&parts, notes);
    Instance {
        identifiers: parts.all("identifier").filter_map(|it| notes.identifier(it)).collect(),
        enrolment: parts.first("enrolment").map(|it| enrolment(it, notes)),
        start: notes.date(parts.first("start")),
        date: notes.date(parts.first("date")),
        term: parts.first("academicTerm").map(|it| term(it, notes)),
        duration: duration(parts.first("duration"), notes),
        status: notes.listed(parts.first("status"), STATUSES),
        grading_scheme_local: notes.token(parts.first("gradingSchemeLocalId")),
        grading_scheme_external: notes.token(parts.first("gradingSchemeExternalId")),
        result_label: notes.verbatim(parts.first("resultLabel")),
        shortened_grading: parts.first("shortenedGrading").map(|it| shortened(it, notes)),
        result_distribution: parts.first("resultDistribution").map(|it| distribution(it, notes)),
        credits: parts.all("credit").map(|it| credit(it, notes)).collect(),
        levels: parts.all("level").map(|it| level(it, notes)).collect(),
        language_of_instruction: notes.spoken(parts.first("languageOfInstruction")),
        engagement_hours: notes.decimal(parts.first("engagementHours")),
        attachment_refs: parts
            .first("attachments")
            .map(|it| references(it, notes))
            .unwrap_or_default(),
    }
}

fn note_untyped(parts: &Parts<'_>, notes: &mut Notes) {
    note_extension(parts, notes);
    for (name, code, text) in [
        ("grouping", "GROUPS", "the place in a group of courses is not taken over"),
        ("diplomaSupplement", "DIPLOMA_SUPPLEMENT", "the diploma supplement is not taken over"),
    ] {
        if let Some(element) = parts.first(name) {
            notes.unread(element.path(), code, text);
        }
    }
}

fn enrolment(element: Element<'_>, notes: &mut Notes) -> Enrolment {
    let parts = notes.examine(element, ENROLMENT, &[]);
    let year = parts.first("academicYear").map(|it| notes.examine(it, YEAR, &[]));
    let day = |name: &str| year.as_ref().and_then(|year| year.first(name));
    Enrolment {
        institution: parts.first("enrolmentInstitution").map(|it| issuer::read(it, notes)),
        date: notes.date(parts.first("enrolmentDate")),
        year_start: notes.date(day("start")),
        year_end: notes.date(day("end")),
    }
}

fn term(element: Element<'_>, notes: &mut Notes) -> Term {
    let parts = notes.examine(element, TERM, &[]);
    Term {
        titles: parts.all("title").map(|it| notes.title(it)).collect(),
        start: notes.date(parts.first("start")),
        end: notes.date(parts.first("end")),
    }
}

fn duration(element: Option<Element<'_>>, notes: &mut Notes) -> Option<String> {
    let value = notes.token(element)?;
    if is_duration(&value) {
        return Some(value);
    }
    let text = format!("{} is not a duration; it was left out", shown(&value));
    notes.dropped(element?.path(), "DURATION_INVALID", text);
    None
}

fn shortened(element: Element<'_>, notes: &mut Notes) -> ShortenedGrading {
    let parts = notes.examine(element, SHORTENED, &[]);
    ShortenedGrading {
        lower: notes.decimal(parts.first("percentageLower")),
        equal: notes.decimal(parts.first("percentageEqual")),
        higher: notes.decimal(parts.first("percentageHigher")),
    }
}

fn distribution(element: Element<'_>, notes: &mut Notes) -> ResultDistribution {
    let parts = notes.examine(element, DISTRIBUTION, &[]);
    ResultDistribution {
        categories: parts.all("category").filter_map(|it| category(it, notes)).collect(),
        descriptions: parts.all("description").map(|it| notes.prose(it)).collect(),
    }
}

fn category(element: Element<'_>, notes: &mut Notes) -> Option<Category> {
    notes.attributes(element, &["label", "count"]);
    let sent = |name| element.attribute("", name).map(|it| it.trim_ascii().to_owned());
    let count = sent("count").unwrap_or_default();
    if !is_count(&count) {
        let text = format!("{} is not a count; the category was left out", shown(&count));
        notes.dropped(element.path(), "NUMBER_INVALID", text);
        return None;
    }
    let label = sent("label").unwrap_or_else(|| {
        let path = format!("{}/@label", element.path());
        notes.deviation(path, "MISSING", "the category has no label");
        String::new()
    });
    Some(Category { label, count })
}

fn credit(element: Element<'_>, notes: &mut Notes) -> Credit {
    let parts = notes.examine(element, CREDIT, &[]);
    Credit {
        scheme: notes.token(parts.first("scheme")),
        level: notes.listed(parts.first("level"), CREDIT_LEVELS),
        value: notes.credit_value(parts.first("value")),
    }
}

fn level(element: Element<'_>, notes: &mut Notes) -> Level {
    let parts = notes.examine(element, LEVEL, &[]);
    let value = notes.token(parts.first("value"));
    if let (Some(value), Some(element)) = (&value, parts.first("value"))
        && is_placeholder(value)
    {
        let text = format!("{} looks like a placeholder", shown(value));
        notes.deviation(element.path(), "PLACEHOLDER", text);
    }
    Level {
        kind: notes.token(parts.first("type")),
        descriptions: parts.all("description").map(|it| notes.prose(it)).collect(),
        value,
    }
}

fn references(element: Element<'_>, notes: &mut Notes) -> Vec<String> {
    let parts = notes.examine(element, REFERENCES, &[]);
    parts.all("ref").filter_map(|it| notes.token(Some(it))).collect()
}
