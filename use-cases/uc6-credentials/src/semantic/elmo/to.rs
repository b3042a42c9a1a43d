//! Semantic: from a transcript to an ELMO document of one report.

mod specification;

use hei_elmo::{
    Attachment, Country, Elmo, GradingScheme, Identifier, Issuer, Learner, Report, ReportStatus,
    Written, left_out, path,
};
use hei_proto::hei::common::v1::{self, CodedValue, Loss, WrittenDate};
use hei_proto::hei::credentials::v1::{
    self as credentials, Organisation, Person, SourceSignature, Transcript,
};
use hei_values::{Mapped, Valid};

use super::super::transcript::written as day_of;
use super::localized::{text, texts};
use super::{EU_COUNTRY, GENDER, ISO_COUNTRY, loss, of_unread};

/// The document, and what it does not say of the transcript or fills because
/// its schema requires something: each with the path at which it would stand.
pub fn to_elmo(transcript: &Valid<Transcript>) -> Mapped<Elmo> {
    let mut lost = Vec::new();
    let value = Elmo {
        generated: written(transcript.generated_date.as_ref()),
        learner: transcript.learner.as_ref().map(|it| learner(it, &mut lost)).unwrap_or_default(),
        reports: vec![report(transcript, &mut lost)],
        attachments: Vec::new(),
        signed: transcript.source_signature() == SourceSignature::NotChecked,
        unread: Vec::new(),
    };
    lost.extend(left_out(&value).iter().map(of_unread));
    Mapped { value, lost }
}

fn report(it: &Transcript, lost: &mut Vec<Loss>) -> Report {
    let at = path::report(0);
    for index in 0..it.descriptions.len() {
        let told = "a report has no description";
        lost.push(loss(path::child(&at, "description", index), "DESCRIPTION", told));
    }
    for index in 0..it.activities.len() {
        let told = "ELMO reports achievements only";
        lost.push(loss(path::child(&at, "activity", index), "ACTIVITY", told));
    }
    Report {
        issuer: it.issuer.as_ref().map(issuer).unwrap_or_default(),
        specifications: specification::all(&it.achievements, &at, lost),
        issued: written(it.issue_date.as_ref()),
        grading_schemes: it.grading_schemes.iter().map(grading_scheme).collect(),
        status: filled(&it.completeness).map(|code| ReportStatus { code, messages: Vec::new() }),
        attachments: attachments(&it.attachments, &at, lost),
    }
}

fn grading_scheme(it: &credentials::GradingScheme) -> GradingScheme {
    GradingScheme { id: it.id.clone(), descriptions: texts(&it.descriptions) }
}

fn learner(it: &Person, lost: &mut Vec<Loss>) -> Learner {
    let at = "/elmo/learner[1]";
    for index in 1..it.citizenships.len() {
        let told = "ELMO has one citizenship";
        lost.push(loss(path::child(at, "citizenship", index), "REPEATED", told));
    }
    Learner {
        citizenship: it.citizenships.first().map(country),
        identifiers: identifiers(&it.identifiers),
        given_names: filled(&it.given_names),
        family_name: filled(&it.family_name),
        alternative_names: texts(&it.alternative_names),
        birth_date: written(it.date_of_birth.as_ref()),
        birth_place: filled(&it.place_of_birth),
        birth_country: it.country_of_birth.as_ref().map(country),
        birth_name: filled(&it.birth_name),
        address: None,
        gender: coded(it.gender.as_ref(), GENDER, || format!("{at}/gender[1]"), lost),
    }
}

fn issuer(it: &Organisation) -> Issuer {
    Issuer {
        country: it.country.as_ref().map(country),
        identifiers: identifiers(&it.identifiers),
        titles: texts(&it.titles),
        url: filled(&it.url),
    }
}

fn attachments(
    list: &[credentials::Attachment],
    at: &str,
    lost: &mut Vec<Loss>,
) -> Vec<Attachment> {
    let one = |(index, it): (usize, &credentials::Attachment)| {
        let at = path::child(at, "attachment", index);
        for (index, content) in it.contents.iter().enumerate() {
            if content.data_uri.is_empty() && content.size_bytes > 0 {
                let told = "the content is not in this view of the record";
                lost.push(loss(path::child(&at, "content", index), "CONTENT", told));
            }
        }
        Attachment {
            identifiers: identifiers(&it.identifiers),
            titles: texts(&it.titles),
            kind: filled(&it.r#type),
            descriptions: texts(&it.descriptions),
            contents: it.contents.iter().map(|it| text(&it.language, &it.data_uri)).collect(),
        }
    };
    list.iter().enumerate().map(one).collect()
}

fn identifiers(list: &[v1::Identifier]) -> Vec<Identifier> {
    let one = |it: &v1::Identifier| Identifier { kind: it.scheme.clone(), value: it.value.clone() };
    list.iter().map(one).collect()
}

fn country(it: &CodedValue) -> Country {
    let kind = match it.scheme.as_str() {
        ISO_COUNTRY => "ISO",
        EU_COUNTRY => "URI",
        other => other,
    };
    Country { kind: kind.to_owned(), code: it.code.clone() }
}

/// The code, if it is of the one list that ELMO has there.
fn coded(
    value: Option<&CodedValue>,
    scheme: &str,
    at: impl FnOnce() -> String,
    lost: &mut Vec<Loss>,
) -> Option<String> {
    let value = value?;
    if value.scheme == scheme {
        return filled(&value.code);
    }
    let told = format!("{} is of the list {:?}; ELMO has {scheme}", value.code, value.scheme);
    lost.push(loss(at(), "CODE_LIST", &told));
    None
}

fn written(day: Option<&WrittenDate>) -> Option<Written> {
    day.and_then(day_of)
}

/// In the contract an empty text is none.
fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
