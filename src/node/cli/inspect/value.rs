//! An inspection for programs.

use hei_proto::hei::common::v1::{Identifier, LocalizedText, WrittenDate};
use hei_proto::hei::credentials::v1::{
    Achievement, Activity, CreditPoints, Organisation, Person, SourceSignature, Transcript,
};
use hei_uc6_credentials::{Document, Inspection};
use serde_json::{Map, Value, json};

use crate::cli::said::{deviations_json, losses_json};

/// The whole inspection as one object.
pub fn of(file: &str, found: &Inspection) -> Value {
    let faults = found.faults.iter();
    let faults = faults
        .map(|it| json!({"path": it.field, "reason": it.reason, "text": it.description}))
        .collect::<Vec<_>>();
    let mut value = json!({"file": file, "looksLike": found.looks_like, "faults": faults});
    let (Some(members), Some(document)) = (value.as_object_mut(), &found.document) else {
        return value;
    };
    members.extend(of_document(document, found));
    value
}

fn of_document(it: &Document, found: &Inspection) -> Map<String, Value> {
    let transcripts = it.transcripts.iter().zip(&found.forms).map(|(transcript, forms)| {
        let mut value = of_transcript(transcript);
        value.insert(
            "losses".to_owned(),
            json!({"elmo": losses_json(&forms.elmo), "elm": losses_json(&forms.elm)}),
        );
        Value::Object(value)
    });
    [
        ("standard", json!(it.standard.name())),
        ("wrapping", json!(it.wrapping.name())),
        ("mediaType", json!(it.wrapping.media_type())),
        ("credentialIssuer", it.issuer.as_ref().map_or(Value::Null, organisation)),
        ("transcripts", transcripts.collect()),
        ("deviations", deviations_json(&it.deviations)),
        ("losses", losses_json(&it.losses)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn of_transcript(it: &Transcript) -> Map<String, Value> {
    let signature = match it.source_signature() {
        SourceSignature::NotChecked => "not checked",
        SourceSignature::None | SourceSignature::Unspecified => "none",
    };
    [
        ("issuer", it.issuer.as_ref().map_or(Value::Null, organisation)),
        ("learner", it.learner.as_ref().map_or(Value::Null, person)),
        ("issueDate", day(it.issue_date.as_ref())),
        ("signature", json!(signature)),
        ("achievements", it.achievements.iter().map(achievement).collect()),
        ("activities", it.activities.iter().map(activity).collect()),
        ("attachments", json!(it.attachments.len())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn organisation(it: &Organisation) -> Value {
    json!({
        "titles": texts(&it.titles),
        "identifiers": identifiers(&it.identifiers),
        "country": it.country.as_ref().map(|it| it.code.as_str()),
    })
}

fn person(it: &Person) -> Value {
    json!({
        "givenNames": it.given_names,
        "familyName": it.family_name,
        "dateOfBirth": day(it.date_of_birth.as_ref()),
        "identifiers": identifiers(&it.identifiers),
    })
}

fn achievement(it: &Achievement) -> Value {
    let credit = |it: &CreditPoints| json!({"scheme": it.scheme, "value": it.value});
    json!({
        "titles": texts(&it.titles),
        "identifiers": identifiers(&it.identifiers),
        "type": it.r#type,
        "date": day(it.date.as_ref()),
        "status": it.status,
        "grade": it.grade.as_ref().map(|it| it.label.as_str()),
        "credits": it.credits.iter().map(credit).collect::<Vec<_>>(),
        "parts": it.parts.iter().map(achievement).collect::<Vec<_>>(),
    })
}

fn activity(it: &Activity) -> Value {
    json!({
        "titles": texts(&it.titles),
        "identifiers": identifiers(&it.identifiers),
        "type": it.r#type,
        "start": day(it.start.as_ref()),
        "end": day(it.end.as_ref()),
        "workload": it.workload,
        "parts": it.parts.iter().map(activity).collect::<Vec<_>>(),
    })
}

fn texts(list: &[LocalizedText]) -> Value {
    list.iter().map(|it| json!({"language": it.language, "text": it.text})).collect()
}

fn identifiers(list: &[Identifier]) -> Value {
    list.iter().map(|it| json!({"scheme": it.scheme, "value": it.value})).collect()
}

/// As it was written: day, time and offset are three.
fn day(it: Option<&WrittenDate>) -> Value {
    it.map_or(Value::Null, |it| {
        let date = it.date.unwrap_or_default();
        json!({
            "date": format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
            "time": it.time,
            "offset": it.offset,
        })
    })
}
