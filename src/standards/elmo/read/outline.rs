//! hei-elmo: the element `elmo` itself.

use hei_xml::Element;

use super::{attachment, learner, report};
use crate::model::{Elmo, Learner};
use crate::notes::Notes;
use crate::table::Occurs::{Any, One, Optional};
use crate::table::{Parts, Table};

// `learner` and `report` are `Any` here: their absence is a fault, told below.
const ELMO: Table = &[
    ("generatedDate", One),
    ("learner", Any),
    ("report", Any),
    ("attachment", Any),
    ("groups", Optional),
    ("extension", Optional),
    ("Signature", Optional),
];

pub(super) fn read(root: Element<'_>, notes: &mut Notes) -> Elmo {
    let parts = notes.examine(root, ELMO, &[]);
    let document = Elmo {
        generated: notes.date_time(parts.first("generatedDate")),
        learner: learner(root, &parts, notes),
        reports: parts.all("report").map(|it| report::read(it, notes)).collect(),
        attachments: parts.all("attachment").map(|it| attachment::read(it, notes)).collect(),
        signed: parts.first("Signature").is_some(),
        unread: Vec::new(),
    };
    if document.reports.is_empty() {
        let path = format!("{}/report", root.path());
        notes.fault(path, "REPORT_MISSING", "there is no report, so nothing to take over");
    }
    note_untyped(&parts, notes);
    check_dates(root, &document, notes);
    document
}

fn learner(root: Element<'_>, parts: &Parts<'_>, notes: &mut Notes) -> Learner {
    let mut found = parts.all("learner");
    let first = found.next();
    if let Some(second) = found.next() {
        let text = "there is a second learner; which one is meant cannot be known";
        notes.fault(second.path(), "LEARNER_REPEATED", text);
    }
    match first {
        Some(element) => learner::read(element, notes),
        None => {
            let path = format!("{}/learner", root.path());
            notes.fault(path, "LEARNER_MISSING", "there is no learner");
            Learner::default()
        }
    }
}

fn note_untyped(parts: &Parts<'_>, notes: &mut Notes) {
    for (name, code, text) in [
        ("groups", "GROUPS", "the grouping of courses is not taken over"),
        ("extension", "EXTENSION", "an extension is not taken over"),
        (
            "Signature",
            "SIGNATURE",
            "the signature is kept with the received bytes, is not checked, and does not hold for anything else",
        ),
    ] {
        if let Some(element) = parts.first(name) {
            notes.unread(element.path(), code, text);
        }
    }
}

/// Without any date of issue nothing valid can ever be written, and one may
/// not be made up. With one of the two, the other is taken from it on export.
fn check_dates(root: Element<'_>, document: &Elmo, notes: &mut Notes) {
    let faulty = notes.faults.iter().any(|it| it.code.starts_with("DATE_"));
    if document.generated.is_some() || faulty {
        return;
    }
    for (index, report) in document.reports.iter().enumerate() {
        if report.issued.is_none() {
            let path = format!("{}/report[{}]/issueDate", root.path(), index + 1);
            let text = "there is neither an issueDate nor a generatedDate";
            notes.fault(path, "DATE_OF_ISSUE_MISSING", text);
        }
    }
}
