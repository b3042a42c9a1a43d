//! Semantic: from a transcript to a European Digital Credential that is not
//! sealed: its display, its date of issue and the eIDAS identifier of its issuer
//! come with the seal.

mod achievement;
mod activity;
mod attachment;
mod organisation;
mod person;

use hei_elm::{
    Claim, Concept, Credential, CredentialSchema, Identifier, Organisation, Text, Texts,
    UNDETERMINED, Written,
};
use hei_proto::hei::common::v1::{self, LocalizedText, WrittenDate};
use hei_proto::hei::credentials::v1::{SourceSignature, Transcript};
use hei_values::{Mapped, Valid};

use self::achievement::Achievements;
use super::super::transcript::written as day_of;
use super::{Issuer, Lost, concept};

/// The shapes that the credential says to conform to.
const SCHEMA: &str = "http://data.europa.eu/snb/model/ap/edc-generic-full";
/// The profile "Generic", and the list it is in.
const PROFILE: &str = "http://data.europa.eu/snb/credential/e34929035b";
const PROFILES: &str = "http://data.europa.eu/snb/credential/25831c2";

/// The credential, and what it does not say of the transcript: each with the
/// JSON path at which it would stand.
pub fn to_elm(
    transcript: &Valid<Transcript>,
    issuer: &Issuer,
    credential_id: &str,
) -> Mapped<Credential> {
    let mut lost = Lost::default();
    let issued = transcript.issue_date.as_ref().or(transcript.generated_date.as_ref());
    let body = transcript.issuer.as_ref().map(|it| organisation::awarding(it, &mut lost));
    let claims = claims(transcript, &body.unwrap_or_default(), &mut lost);
    let mut subject = transcript.learner.as_ref().map(|it| person::learner(it, &mut lost));
    if let Some(subject) = &mut subject {
        subject.claims = claims;
    }
    let value = Credential {
        id: Some(credential_id.to_owned()),
        schemas: vec![CredentialSchema { id: Some(SCHEMA.to_owned()), ..Default::default() }],
        profiles: vec![profile()],
        issuance_date: moment(issued),
        valid_from: moment(issued),
        issuer: Some(organisation::issuing(issuer, &mut lost)),
        attachments: attachment::all(&transcript.attachments, &mut lost),
        subject,
        ..Credential::default()
    };
    left_out(transcript, &mut lost);
    Mapped { value, lost: lost.0 }
}

/// Achievements, then activities.
fn claims(it: &Transcript, body: &Organisation, lost: &mut Lost) -> Vec<Claim> {
    let mut all = Achievements::new(it, body.clone(), lost);
    let achievements = all.claims(&it.achievements);
    all.close();
    let mut claims: Vec<Claim> =
        achievements.into_iter().map(|it| Claim::Achievement(Box::new(it))).collect();
    for it in &it.activities {
        let at = format!("$.credentialSubject.hasClaim[{}]", claims.len());
        claims.push(Claim::Activity(Box::new(activity::activity(it, body, &at, lost))));
    }
    claims
}

fn profile() -> Concept {
    let pref_labels = Texts::one("en", "Generic");
    Concept { pref_labels, ..concept::listed(PROFILE.to_owned(), PROFILES, None) }
}

/// What ELM has no place for.
fn left_out(it: &Transcript, lost: &mut Lost) {
    if it.achievements.is_empty() && it.activities.is_empty() {
        let told = "a credential claims something; this transcript has nothing that it could";
        lost.tell("$.credentialSubject.hasClaim", "CLAIM_MISSING", told);
    }
    if it.generated_date.is_some() && it.issue_date.is_some() {
        let told = "ELM has no date of generation (elmo-to-elm.csv: no need to map)";
        lost.tell("$.generatedDate", "GENERATED_DATE", told);
    }
    if !it.completeness.is_empty() {
        lost.tell("$.status", "COMPLETENESS", "ELM does not say how complete a record is");
    }
    if !it.descriptions.is_empty() {
        let told = "the description stands in the display, which comes with the seal";
        lost.tell("$.displayParameter.description", "DESCRIPTION", told);
    }
    if it.source_signature() == SourceSignature::NotChecked {
        lost.tell("$.proof", "SIGNATURE", "the signature of the source is not passed on");
    }
}

/// Texts by language.
fn texts(list: &[LocalizedText]) -> Texts {
    let mut texts = Texts::default();
    list.iter().for_each(|it| texts.push(&it.language, it.text.clone()));
    texts
}

/// A text that has no language.
fn plain(text: &str) -> Texts {
    let some = |text: &str| Text { language: UNDETERMINED.to_owned(), text: text.to_owned() };
    Texts((!text.is_empty()).then(|| some(text)).into_iter().collect())
}

/// A title where the shapes require one.
fn required(titles: Texts, at: &str, lost: &mut Lost) -> Texts {
    if !titles.0.is_empty() {
        return titles;
    }
    let told = "the shapes require a title; an empty one was written";
    lost.tell(format!("{at}.title"), "FILLED", told);
    Texts::one(UNDETERMINED, "")
}

fn identifiers(list: &[v1::Identifier]) -> Vec<Identifier> {
    list.iter().map(|it| identifier(&it.scheme, &it.value)).collect()
}

fn identifier(scheme: &str, value: &str) -> Identifier {
    let scheme_name = (!scheme.is_empty()).then(|| scheme.to_owned());
    Identifier { notation: Some(value.to_owned()), scheme_name, ..Identifier::default() }
}

/// A day as `xsd:dateTime`: midnight of its own offset.
fn moment(day: Option<&WrittenDate>) -> Option<Written> {
    let mut written = day.and_then(day_of)?;
    if written.time.is_empty() {
        written.time = "00:00:00".to_owned();
    }
    Some(written)
}
