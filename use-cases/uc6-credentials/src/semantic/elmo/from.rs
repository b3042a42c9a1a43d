//! Semantic: from an ELMO document to transcripts, one a report.

mod achievement;

use std::collections::HashSet;

use hei_elmo::{
    Attachment, Country, Elmo, Identifier, Issuer, Learner, Report, Specification, Written, path,
    vocabulary::GENDERS,
};
use hei_proto::google::r#type::Date;
use hei_proto::hei::common::v1::{self, CodedValue, Loss, WrittenDate};
use hei_proto::hei::credentials::v1::{
    self as credentials, AttachmentContent, GradingScheme, Organisation, Person, SourceSignature,
    Transcript,
};
use hei_values::Mapped;

use super::localized::{by_language, every, tag};
use super::{EU_COUNTRY, GENDER, ISO_COUNTRY, loss, of_unread};

/// One transcript a report, in the document's order, and what none of them says.
pub fn from_elmo(document: &Elmo) -> Mapped<Vec<Transcript>> {
    let mut lost: Vec<Loss> = document.unread.iter().map(of_unread).collect();
    let learner = person(&document.learner, &mut lost);
    let mut value = Vec::with_capacity(document.reports.len());
    for (index, report) in document.reports.iter().enumerate() {
        let mut one = transcript(report, &path::report(index), &mut lost);
        one.learner = Some(learner.clone());
        one.generated_date = document.generated.as_ref().map(written);
        one.source_signature = signature(document).into();
        value.push(one);
    }
    share_attachments(document, &mut value, &mut lost);
    Mapped { value, lost }
}

fn signature(document: &Elmo) -> SourceSignature {
    if document.signed { SourceSignature::NotChecked } else { SourceSignature::None }
}

fn transcript(report: &Report, at: &str, lost: &mut Vec<Loss>) -> Transcript {
    if report.status.as_ref().is_some_and(|status| !status.messages.is_empty()) {
        let told = "the messages of the status are not taken over";
        lost.push(loss(format!("{at}/status[1]/message[1]"), "STATUS_MESSAGE", told));
    }
    Transcript {
        issuer: Some(organisation(&report.issuer, &format!("{at}/issuer[1]"), lost)),
        issue_date: report.issued.as_ref().map(written),
        achievements: achievement::all(&report.specifications, at, lost),
        grading_schemes: grading_schemes(report, at, lost),
        attachments: attachments(&report.attachments, at, lost),
        completeness: report.status.as_ref().map(|it| it.code.clone()).unwrap_or_default(),
        ..Transcript::default()
    }
}

fn grading_schemes(report: &Report, at: &str, lost: &mut Vec<Loss>) -> Vec<GradingScheme> {
    let one = |(index, it): (usize, &hei_elmo::GradingScheme)| {
        let at = path::child(at, "gradingScheme", index);
        let descriptions = by_language(&it.descriptions, &at, "description", lost);
        GradingScheme { id: it.id.clone(), descriptions }
    };
    report.grading_schemes.iter().enumerate().map(one).collect()
}

/// Attachments of the document go to its one transcript. In a document of
/// several institutions they go to those that name them, and to nobody else.
fn share_attachments(document: &Elmo, transcripts: &mut [Transcript], lost: &mut Vec<Loss>) {
    let mapped = attachments(&document.attachments, "/elmo", lost);
    let alone = document.reports.len() == 1;
    let named: Vec<HashSet<&str>> = document.reports.iter().map(references).collect();
    for (index, attachment) in mapped.into_iter().enumerate() {
        let mut taken = false;
        for (transcript, named) in transcripts.iter_mut().zip(&named) {
            if alone || attachment.identifiers.iter().any(|it| named.contains(it.value.as_str())) {
                transcript.attachments.push(attachment.clone());
                taken = true;
            }
        }
        if !taken {
            let told = "no report names this attachment, and there are several";
            lost.push(loss(path::child("/elmo", "attachment", index), "ATTACHMENT", told));
        }
    }
}

fn references(report: &Report) -> HashSet<&str> {
    fn below<'a>(all: &'a [Specification], found: &mut HashSet<&'a str>) {
        for it in all {
            let refs = it.instance.iter().flat_map(|it| &it.attachment_refs);
            found.extend(refs.map(String::as_str));
            below(&it.parts, found);
        }
    }
    let mut found = HashSet::new();
    below(&report.specifications, &mut found);
    found
}

fn person(it: &Learner, lost: &mut Vec<Loss>) -> Person {
    let at = "/elmo/learner[1]";
    if it.address.is_some() {
        let told = "a postal address is not part of a transcript";
        lost.push(loss(format!("{at}/currentAddress[1]"), "ADDRESS", told));
    }
    Person {
        identifiers: identifiers(&it.identifiers),
        given_names: it.given_names.clone().unwrap_or_default(),
        family_name: it.family_name.clone().unwrap_or_default(),
        alternative_names: every(&it.alternative_names, at, "alternativeName", lost),
        date_of_birth: it.birth_date.as_ref().map(written),
        citizenships: it.citizenship.iter().map(country).collect(),
        place_of_birth: it.birth_place.clone().unwrap_or_default(),
        country_of_birth: it.birth_country.as_ref().map(country),
        birth_name: it.birth_name.clone().unwrap_or_default(),
        gender: gender(it, at, lost),
    }
}

fn gender(it: &Learner, at: &str, lost: &mut Vec<Loss>) -> Option<CodedValue> {
    let code = it.gender.clone()?;
    if GENDERS.contains(&code.as_str()) {
        return Some(CodedValue { scheme: GENDER.to_owned(), code });
    }
    let told = format!("{code:?} is no code of ISO 5218");
    lost.push(loss(format!("{at}/gender[1]"), "VALUE_UNKNOWN", &told));
    None
}

fn organisation(it: &Issuer, at: &str, lost: &mut Vec<Loss>) -> Organisation {
    Organisation {
        identifiers: identifiers(&it.identifiers),
        titles: by_language(&it.titles, at, "title", lost),
        country: it.country.as_ref().map(country),
        url: it.url.clone().unwrap_or_default(),
    }
}

fn attachments(
    list: &[Attachment],
    at: &str,
    lost: &mut Vec<Loss>,
) -> Vec<credentials::Attachment> {
    let one = |(index, it): (usize, &Attachment)| {
        let at = path::child(at, "attachment", index);
        credentials::Attachment {
            id: it.identifiers.first().map(|it| it.value.clone()).unwrap_or_default(),
            titles: by_language(&it.titles, &at, "title", lost),
            r#type: it.kind.clone().unwrap_or_default(),
            descriptions: by_language(&it.descriptions, &at, "description", lost),
            contents: contents(it, &at, lost),
            identifiers: identifiers(&it.identifiers),
        }
    };
    list.iter().enumerate().map(one).collect()
}

fn contents(it: &Attachment, at: &str, lost: &mut Vec<Loss>) -> Vec<AttachmentContent> {
    let one = |(index, it): (usize, &hei_elmo::Text)| AttachmentContent {
        language: tag(it, || path::child(at, "content", index), lost),
        data_uri: it.text.clone(),
        size_bytes: it.text.len() as u64,
        ..Default::default()
    };
    it.contents.iter().enumerate().map(one).collect()
}

fn identifiers(list: &[Identifier]) -> Vec<v1::Identifier> {
    let one = |it: &Identifier| v1::Identifier { scheme: it.kind.clone(), value: it.value.clone() };
    list.iter().map(one).collect()
}

fn country(it: &Country) -> CodedValue {
    let scheme = match it.kind.as_str() {
        "ISO" => ISO_COUNTRY,
        "URI" => EU_COUNTRY,
        other => other,
    };
    CodedValue { scheme: scheme.to_owned(), code: it.code.clone() }
}

fn written(it: &Written) -> WrittenDate {
    let date = Date { year: it.year.into(), month: it.month.into(), day: it.day.into() };
    WrittenDate { date: Some(date), time: it.time.clone(), offset: it.offset.clone() }
}
