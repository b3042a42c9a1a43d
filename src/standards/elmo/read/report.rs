//! hei-elmo: the element `report`, what one institution says.

use hei_xml::Element;

use super::{attachment, issuer, specification};
use crate::model::{GradingScheme, Issuer, Report, ReportStatus};
use crate::notes::Notes;
use crate::table::Occurs::{Any, One, Optional};
use crate::table::{Parts, Table};
use crate::vocabulary::REPORT_STATUSES;

const REPORT: Table = &[
    ("issuer", Any),
    ("learningOpportunitySpecification", Any),
    ("resultOfRecognition", Any),
    ("issueDate", One),
    ("gradingScheme", Any),
    ("status", Optional),
    ("attachment", Any),
];
const GRADING_SCHEME: Table = &[("description", Any)];
const STATUS: Table = &[("code", One), ("message", Any)];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Report {
    let parts = notes.examine(element, REPORT, &[]);
    for recognition in parts.all("resultOfRecognition") {
        let text = "a result of recognition is not part of a transcript and is not taken over";
        notes.unread(recognition.path(), "RESULT_OF_RECOGNITION", text);
    }
    Report {
        issuer: issuer(element, &parts, notes),
        specifications: parts
            .all("learningOpportunitySpecification")
            .map(|it| specification::read(it, notes))
            .collect(),
        issued: notes.date_time(parts.first("issueDate")),
        grading_schemes: parts.all("gradingScheme").map(|it| grading_scheme(it, notes)).collect(),
        status: parts.first("status").and_then(|it| status(it, notes)),
        attachments: parts.all("attachment").map(|it| attachment::read(it, notes)).collect(),
    }
}

fn issuer(report: Element<'_>, parts: &Parts<'_>, notes: &mut Notes) -> Issuer {
    let mut found = parts.all("issuer");
    let first = found.next();
    if let Some(second) = found.next() {
        let text = "there is a second issuer; whose report it is cannot be known";
        notes.fault(second.path(), "ISSUER_REPEATED", text);
    }
    let path = first.map_or_else(|| format!("{}/issuer", report.path()), |it| it.path());
    let issuer = first.map(|it| issuer::read(it, notes)).unwrap_or_default();
    if issuer.identifiers.is_empty() {
        let text =
            "the institution has no identifier; at least one is needed (schac, erasmus, pic …)";
        notes.fault(format!("{path}/identifier"), "INSTITUTION_ID_MISSING", text);
    }
    issuer
}

fn grading_scheme(element: Element<'_>, notes: &mut Notes) -> GradingScheme {
    let parts = notes.examine(element, GRADING_SCHEME, &["localId"]);
    let id = element.attribute("", "localId").unwrap_or_default().trim_ascii().to_owned();
    if id.is_empty() {
        let path = format!("{}/@localId", element.path());
        notes.deviation(
            path,
            "MISSING",
            "the grading scheme has no localId, so nothing can name it",
        );
    }
    GradingScheme { id, descriptions: parts.all("description").map(|it| notes.prose(it)).collect() }
}

fn status(element: Element<'_>, notes: &mut Notes) -> Option<ReportStatus> {
    let parts = notes.examine(element, STATUS, &[]);
    let code = notes.listed(parts.first("code"), REPORT_STATUSES);
    let messages = parts.all("message").map(|it| notes.prose(it)).collect();
    let status = ReportStatus { code: code.unwrap_or_default(), messages };
    (status != ReportStatus::default()).then_some(status)
}
