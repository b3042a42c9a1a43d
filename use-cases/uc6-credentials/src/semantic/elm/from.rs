//! Semantic: from a European Digital Credential to transcripts, one for each
//! body that awards.

mod achievement;
mod activity;
mod attachment;
mod organisation;
mod person;

use std::collections::{BTreeSet, HashSet};

use hei_elm::{AwardingProcess, Claim, Credential, Read, Seal, Texts, Written};
use hei_elmo::vocabulary::is_language_tag;
use hei_proto::google::r#type::Date;
use hei_proto::hei::common::v1::{Identifier, LocalizedText, Loss, WrittenDate};
use hei_proto::hei::credentials::v1::{Organisation, SourceSignature, Transcript};
use hei_values::{Mapped, Violation};

use super::super::record::issuer_key;
use super::{Lost, NAME};
use crate::limits::BODIES_MAX;

/// One transcript for each awarding body, in the order in which they stand, and
/// what none of them says. An achievement that two bodies award is in both.
///
/// # Errors
/// TOO_LARGE for more bodies than award anything together.
pub fn from_elm(read: &Read) -> Result<Mapped<Vec<Transcript>>, Violation> {
    let document = &read.document;
    let mut lost = Lost(read.unread.iter().map(of_unread).collect());
    let mut value: Vec<Transcript> = Vec::new();
    let claims = document.subject.iter().flat_map(|it| &it.claims).enumerate();
    for (index, claim) in claims {
        take(claim, &format!("$.credentialSubject.hasClaim[{index}]"), &mut value, &mut lost);
    }
    if value.len() > BODIES_MAX {
        let told = format!("more than {BODIES_MAX} bodies award here: send what each awards");
        return Err(Violation::new("$.credentialSubject.hasClaim", "TOO_LARGE", told));
    }
    tell_apart(&mut value, &mut lost);
    let whole = whole(read, &mut lost);
    for one in &mut value {
        one.learner = whole.learner.clone();
        one.issue_date = whole.issue_date.clone();
        one.attachments = whole.attachments.clone();
        one.descriptions = whole.descriptions.clone();
        one.source_signature = whole.source_signature;
    }
    credential(document, &mut lost);
    Ok(Mapped { value, lost: lost.0 })
}

fn of_unread(it: &hei_elm::Unread) -> Loss {
    Loss { path: it.path.clone(), code: it.code.to_owned(), text: it.text.clone() }
}

/// The issuer of a credential as an institution. What of it no transcript takes over is
/// told once, by [`from_elm`].
pub fn issuer(it: &hei_elm::Organisation) -> Organisation {
    organisation::organisation(it, "$.issuer", &mut Lost::default())
}

/// What is the same in every transcript of the credential.
fn whole(read: &Read, lost: &mut Lost) -> Transcript {
    let document = &read.document;
    let issued = [&document.issued, &document.issuance_date, &document.valid_from];
    let signature = match read.seal {
        Seal::None => SourceSignature::None,
        Seal::NotChecked => SourceSignature::NotChecked,
    };
    let shown = document.display.as_ref().map(|it| &it.descriptions);
    Transcript {
        learner: document.subject.as_ref().map(|it| person::learner(it, lost)),
        issue_date: issued.into_iter().flatten().next().map(written),
        attachments: attachment::all(&document.attachments, lost),
        descriptions: shown
            .map(|it| by_language(it, "$.displayParameter.description", lost))
            .unwrap_or_default(),
        source_signature: signature.into(),
        ..Transcript::default()
    }
}

/// Puts a claim into the transcript of each of its bodies.
fn take(claim: &Claim, at: &str, value: &mut Vec<Transcript>, lost: &mut Lost) {
    let (process, kind) = match claim {
        Claim::Achievement(it) => (it.awarded_by.as_ref(), ""),
        Claim::Activity(it) => (it.awarded_by.as_ref(), ""),
        Claim::Assessment(it) => (it.awarded_by.as_ref(), "ASSESSMENT"),
        Claim::Entitlement(it) => (it.awarded_by.as_ref(), "ENTITLEMENT"),
    };
    let bodies = organisation::bodies(process, &format!("{at}.awardedBy"), lost);
    // A body that is named twice awards once.
    let places: BTreeSet<usize> = bodies.into_iter().map(|body| place(body, value)).collect();
    match claim {
        Claim::Achievement(it) => {
            let mapped = achievement::achievement(it, at, lost);
            each(&places, value, |transcript| add(&mapped, transcript));
        }
        Claim::Activity(it) => {
            let mapped = activity::activity(it, at, lost);
            each(&places, value, |transcript| transcript.activities.push(mapped.clone()));
        }
        Claim::Assessment(_) | Claim::Entitlement(_) => {
            lost.tell(at, kind, "a transcript has achievements and activities only");
        }
    }
}

fn each(places: &BTreeSet<usize>, value: &mut [Transcript], mut take: impl FnMut(&mut Transcript)) {
    for place in places {
        value.get_mut(*place).into_iter().for_each(&mut take);
    }
}

fn add(mapped: &achievement::Mapped, to: &mut Transcript) {
    to.achievements.push(mapped.achievement.clone());
    for scheme in &mapped.schemes {
        if !to.grading_schemes.contains(scheme) {
            to.grading_schemes.push(scheme.clone());
        }
    }
}

/// The transcript of that body.
fn place(body: Organisation, value: &mut Vec<Transcript>) -> usize {
    let same = |it: &Transcript| it.issuer.as_ref().is_some_and(|it| is_one(it, &body));
    if let Some(found) = value.iter().position(same) {
        return found;
    }
    if value.len() > BODIES_MAX {
        // It is refused already; nothing more is kept of it.
        return BODIES_MAX;
    }
    value.push(Transcript { issuer: Some(body), ..Transcript::default() });
    value.len() - 1
}

/// One institution has one key and a name in common.
fn is_one(one: &Organisation, other: &Organisation) -> bool {
    let nameless = one.titles.is_empty() || other.titles.is_empty();
    issuer_key(one) == issuer_key(other)
        && (nameless || one.titles.iter().any(|it| other.titles.contains(it)))
}

/// Where two bodies have one identifier, it names neither: their names come first.
fn tell_apart(value: &mut [Transcript], lost: &mut Lost) {
    let keys: Vec<String> =
        value.iter().map(|it| it.issuer.as_ref().map(issuer_key).unwrap_or_default()).collect();
    for (transcript, key) in value.iter_mut().zip(&keys) {
        let Some(issuer) = &mut transcript.issuer else { continue };
        let shared = keys.iter().filter(|it| *it == key).count() > 1;
        if let Some(title) = issuer.titles.first().filter(|_| shared) {
            let told = "two awarding bodies have one identifier; each is known by its name here";
            lost.tell("$.credentialSubject.hasClaim", "IDENTIFIER_SHARED", told);
            let value = title.text.clone();
            issuer.identifiers.insert(0, Identifier { scheme: NAME.to_owned(), value });
        }
    }
}

/// What of the credential itself a transcript does not say.
fn credential(it: &Credential, lost: &mut Lost) {
    lost.members(
        "$",
        &[
            ("id", it.id.is_some()),
            ("identifier", !it.identifiers.is_empty()),
            ("credentialProfiles", !it.profiles.is_empty()),
            ("credentialSchema", !it.schemas.is_empty()),
            ("issuer", it.issuer.is_some()),
            ("validUntil", it.valid_until.is_some()),
            ("expirationDate", it.expiration_date.is_some()),
            ("evidence", !it.evidence.is_empty()),
        ],
    );
    if let Some(display) = &it.display {
        lost.members(
            "$.displayParameter",
            &[
                ("title", !display.titles.0.is_empty()),
                ("primaryLanguage", display.primary_language.is_some()),
                ("language", !display.languages.is_empty()),
                ("summaryDisplay", display.summary.is_some()),
                ("individualDisplay", !display.displays.is_empty()),
            ],
        );
    }
    let dates = [
        ("issued", it.issued.as_ref()),
        ("issuanceDate", it.issuance_date.as_ref()),
        ("validFrom", it.valid_from.as_ref()),
    ];
    let taken = dates.iter().find_map(|(_, date)| *date);
    for (name, date) in dates {
        if date.is_some() && date != taken {
            lost.tell(format!("$.{name}"), "DATE", "a transcript has one date of issue");
        }
    }
}

/// Whether both were awarded by the same bodies on the same day, whatever the
/// nodes are called.
fn same_award(one: Option<&AwardingProcess>, other: Option<&AwardingProcess>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.awarding_bodies == other.awarding_bodies && one.awarding_date == other.awarding_date
        }
        (None, _) => true,
        (Some(_), None) => false,
    }
}

/// Bodies of a part that are not those of its whole.
fn awarded_elsewhere(part: Option<&AwardingProcess>, whole: Option<&AwardingProcess>) -> bool {
    let names = |it: Option<&AwardingProcess>| -> Vec<Texts> {
        it.iter().flat_map(|it| &it.awarding_bodies).map(|it| it.legal_names.clone()).collect()
    };
    part.is_some() && names(part) != names(whole)
}

/// The place of a part, where it is told if other bodies awarded it than its whole.
fn part(
    at: &str,
    index: usize,
    part: Option<&AwardingProcess>,
    whole: Option<&AwardingProcess>,
    lost: &mut Lost,
) -> String {
    let at = format!("{at}.hasPart[{index}]");
    if awarded_elsewhere(part, whole) {
        let told = "a transcript has one institution; this part is kept under that of the whole";
        lost.tell(format!("{at}.awardedBy.awardingBody"), "AWARDING_BODY", told);
    }
    at
}

/// One text a language; tags are compared without case.
fn by_language(texts: &Texts, at: &str, lost: &mut Lost) -> Vec<LocalizedText> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(texts.0.len());
    for it in &texts.0 {
        let language = tag(&it.language, at, lost);
        if seen.insert(language.to_ascii_lowercase()) {
            kept.push(LocalizedText { language, text: it.text.clone() });
        } else {
            let told = "a second text in this language; the first one was taken";
            lost.tell(format!("{at}.{}", it.language), "LANGUAGE_REPEATED", told);
        }
    }
    kept
}

/// Every text, where several may be in one language.
fn every(texts: &Texts, at: &str, lost: &mut Lost) -> Vec<LocalizedText> {
    let one = |it: &hei_elm::Text| LocalizedText {
        language: tag(&it.language, at, lost),
        text: it.text.clone(),
    };
    texts.0.iter().map(one).collect()
}

fn tag(language: &str, at: &str, lost: &mut Lost) -> String {
    if is_language_tag(language) {
        return language.to_owned();
    }
    let told = "this is not one language; the text is kept without";
    lost.tell(format!("{at}.{language}"), "LANGUAGE_FORM", told);
    hei_elm::UNDETERMINED.to_owned()
}

/// The one text that a transcript has here, without its language.
fn plain(texts: &Texts, at: &str, lost: &mut Lost) -> String {
    let Some(first) = texts.0.first() else { return String::new() };
    for it in texts.0.iter().skip(1) {
        lost.tell(format!("{at}.{}", it.language), "TEXT", "a transcript has one text here");
    }
    if first.language != hei_elm::UNDETERMINED {
        let told = "a transcript does not say the language of this text";
        lost.tell(format!("{at}.{}", first.language), "LANGUAGE", told);
    }
    first.text.clone()
}

fn written(it: &Written) -> WrittenDate {
    let date = Date { year: it.year.into(), month: it.month.into(), day: it.day.into() };
    WrittenDate { date: Some(date), time: it.time.clone(), offset: it.offset.clone() }
}

/// A day: `xsd:dateTime` has no other way to say one than midnight.
fn day(it: &Written) -> WrittenDate {
    let mut day = written(it);
    let midnight = day.time.bytes().all(|it| matches!(it, b'0' | b':' | b'.'));
    if midnight {
        day.time.clear();
    }
    day
}
