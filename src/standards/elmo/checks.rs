//! hei-elmo: what shows only when a whole document is there: references that
//! lead nowhere, credits that stand on two levels of a branch.

use std::collections::{BTreeSet, HashSet};

use crate::credits::{own, scheme_key, total};
use crate::decimal::Decimal;
use crate::model::{Attachment, Elmo, Instance, Report, Specification};
use crate::notes::{Notes, shown};
use crate::path;

struct Known<'a> {
    grading_schemes: HashSet<&'a str>,
    attachments: HashSet<&'a str>,
}

pub(crate) fn run(document: &Elmo, notes: &mut Notes) {
    for (index, report) in document.reports.iter().enumerate() {
        let known = known(document, report);
        let report_path = path::report(index);
        for (index, specification) in report.specifications.iter().enumerate() {
            let at = path::specification(&report_path, index);
            references(specification, &at, &known, notes);
            double_credits(specification, &at, &BTreeSet::new(), notes);
        }
    }
}

fn known<'a>(document: &'a Elmo, report: &'a Report) -> Known<'a> {
    let identifiers = |it: &'a Attachment| it.identifiers.iter().map(|it| it.value.as_str());
    let attachments = report.attachments.iter().chain(&document.attachments);
    Known {
        grading_schemes: report.grading_schemes.iter().map(|it| it.id.as_str()).collect(),
        attachments: attachments.flat_map(identifiers).collect(),
    }
}

fn references(it: &Specification, at: &str, known: &Known<'_>, notes: &mut Notes) {
    if let Some(instance) = &it.instance {
        instance_references(instance, &path::instance(at), known, notes);
    }
    for (index, part) in it.parts.iter().enumerate() {
        references(part, &path::part(at, index), known, notes);
    }
}

fn instance_references(it: &Instance, at: &str, known: &Known<'_>, notes: &mut Notes) {
    if let Some(id) = it.grading_scheme_local.as_deref()
        && !known.grading_schemes.contains(id)
    {
        let text = format!("no grading scheme of this report has the id {}", shown(id));
        notes.deviation(format!("{at}/gradingSchemeLocalId[1]"), "GRADING_SCHEME_UNKNOWN", text);
    }
    for (index, id) in it.attachment_refs.iter().enumerate() {
        if !known.attachments.contains(id.as_str()) {
            let text = format!("no attachment has the identifier {}", shown(id));
            let at = path::child(&format!("{at}/attachments[1]"), "ref", index);
            notes.deviation(at, "ATTACHMENT_UNKNOWN", text);
        }
    }
}

/// Names the top of each branch in which credits of one scheme stand twice.
fn double_credits(it: &Specification, at: &str, told: &BTreeSet<String>, notes: &mut Notes) {
    let mut told = told.clone();
    for scheme in schemes(it) {
        let (Some(above), Some(below)) = (own(it, &scheme), total(&it.parts, &scheme)) else {
            continue;
        };
        if told.insert(scheme.clone()) {
            notes.deviation(at.to_owned(), "CREDITS_TWICE", text(&scheme, &above, &below));
        }
    }
    for (index, part) in it.parts.iter().enumerate() {
        double_credits(part, &path::part(at, index), &told, notes);
    }
}

fn text(scheme: &str, above: &Decimal, below: &Decimal) -> String {
    format!(
        "{above} {scheme} stand here and {below} {scheme} on the parts; a total counts the branch once, with {above}"
    )
}

fn schemes(it: &Specification) -> BTreeSet<String> {
    let credits = it.instance.iter().flat_map(|instance| &instance.credits);
    credits
        .filter_map(|credit| credit.scheme.as_deref())
        .map(|it| scheme_key(it).to_owned())
        .collect()
}
