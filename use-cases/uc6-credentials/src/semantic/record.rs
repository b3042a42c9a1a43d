//! Semantic: which record a transcript is, and whose.

use hei_proto::hei::common::v1::{Identifier, WrittenDate};
use hei_proto::hei::credentials::v1::{Achievement, Activity, Organisation, Person, Transcript};
use hei_values::{SubjectIdentifier, folded_scheme, is_placeholder};

/// The identifiers of a learner that join documents. Names and birth dates never do.
pub fn joining(learner: &Person, issuer: &str) -> Vec<SubjectIdentifier> {
    let joins = learner.identifiers.iter().filter_map(|id| SubjectIdentifier::of(id, issuer));
    let mut all: Vec<SubjectIdentifier> = joins.collect();
    all.sort();
    all.dedup();
    all
}

/// Those that mean the same everywhere, for a document of several issuers, which does
/// not say whose its local identifiers are.
pub fn joining_everywhere(learner: &Person) -> Vec<SubjectIdentifier> {
    let mut all = joining(learner, "");
    all.retain(SubjectIdentifier::is_unique_everywhere);
    all
}

/// Stands for the learner of a document that names nobody: only the same content is
/// about the same person.
pub fn only_this_document(content_sha256: &[u8]) -> SubjectIdentifier {
    let value = content_sha256.iter().map(|b| format!("{b:02x}")).collect();
    SubjectIdentifier { scheme: "document".to_owned(), scope: String::new(), value }
}

/// An institution by its domain, or by its first identifier where it has none.
pub fn issuer_key(issuer: &Organisation) -> String {
    let of = |scheme: &str| issuer.identifiers.iter().find(|i| folded_scheme(&i.scheme) == scheme);
    match (of("schac"), issuer.identifiers.first()) {
        (Some(schac), _) => schac.value.trim().to_ascii_lowercase(),
        (None, Some(first)) => format!("{}:{}", folded_scheme(&first.scheme), first.value.trim()),
        (None, None) => String::new(),
    }
}

/// What makes a record this one and no other: its issuer and the instances at its
/// top, whatever their grades or titles. A course code alone is no identity: the same
/// course is taken again in another term.
pub fn identity(transcript: &Transcript) -> String {
    let issuer = transcript.issuer.as_ref().map(issuer_key).unwrap_or_default();
    let achieved = transcript.achievements.iter().map(instance);
    let mut instances: Vec<String> =
        achieved.chain(transcript.activities.iter().map(done)).collect();
    instances.sort();
    let mut text = line("issuer", &issuer);
    instances.iter().for_each(|i| text.push_str(&line("instance", i)));
    if let Some(issued) = transcript.issue_date.as_ref().filter(|_| instances.is_empty()) {
        text.push_str(&line("issued", &day(issued)));
    }
    text
}

/// One instance: its own identifiers, else the specification's with the term, the
/// first day or the day of the result, whichever the source has first.
fn instance(of: &Achievement) -> String {
    let own = identifiers(&of.instance_identifiers);
    if !own.is_empty() {
        return own;
    }
    let term = of.term.as_ref();
    let days = [
        term.and_then(|t| t.start.as_ref()),
        of.start.as_ref(),
        of.date.as_ref(),
        term.and_then(|t| t.end.as_ref()),
    ];
    let day = days.into_iter().flatten().next().map(day).unwrap_or_default();
    let mut named = identifiers(&of.identifiers);
    if named.is_empty() {
        // A course may come without any code, or with "-": then its name must do.
        named = of.titles.iter().map(|t| line(&t.language, &t.text)).collect();
    }
    named + &line("day", &day)
}

/// One activity: its own identifiers, else what it was called and when it began.
fn done(it: &Activity) -> String {
    let own = identifiers(&it.identifiers);
    if !own.is_empty() {
        return own;
    }
    let days = [it.start.as_ref(), it.date.as_ref(), it.end.as_ref()];
    let day = days.into_iter().flatten().next().map(day).unwrap_or_default();
    let named = it.titles.iter().map(|t| line(&t.language, &t.text));
    named.collect::<String>() + &line("done", &day)
}

fn identifiers(all: &[Identifier]) -> String {
    let real = all.iter().filter(|i| !is_placeholder(&i.value));
    let mut lines: Vec<String> = real.map(|i| line(&folded_scheme(&i.scheme), &i.value)).collect();
    lines.sort();
    lines.concat()
}

/// The length keeps one identifier's text from passing for two.
fn line(key: &str, value: &str) -> String {
    format!("{key}:{}:{value}\n", value.len())
}

fn day(written: &WrittenDate) -> String {
    let date = written.date.unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// The learner's name for lists.
pub fn display_name(learner: &Person) -> String {
    format!("{} {}", learner.given_names, learner.family_name).trim().to_owned()
}

/// How many achievements a transcript has, at every depth.
pub fn achievement_count(transcript: &Transcript) -> u32 {
    fn below(all: &[Achievement]) -> usize {
        all.iter().map(|one| 1 + below(&one.parts)).sum()
    }
    u32::try_from(below(&transcript.achievements)).unwrap_or(u32::MAX)
}

/// How many activities a transcript has, at every depth.
pub fn activity_count(transcript: &Transcript) -> u32 {
    fn below(all: &[Activity]) -> usize {
        all.iter().map(|one| 1 + below(&one.parts)).sum()
    }
    u32::try_from(below(&transcript.activities)).unwrap_or(u32::MAX)
}

/// The record without the contents of its attachments, whose sizes stay. `keep` gets each
/// data URI and says where the content is from now on.
pub fn without_contents(
    mut transcript: Transcript,
    mut keep: impl FnMut(&str) -> String,
) -> Transcript {
    for content in transcript.attachments.iter_mut().flat_map(|a| &mut a.contents) {
        let data_uri = std::mem::take(&mut content.data_uri);
        content.size_bytes = data_uri.len() as u64;
        content.blob = keep(&data_uri);
    }
    transcript
}

/// The record for somebody who cannot ask for its files.
pub fn without_files(mut transcript: Transcript) -> Transcript {
    transcript.attachments.iter_mut().flat_map(|a| &mut a.contents).for_each(|c| c.blob.clear());
    transcript
}

/// Media type and encoded bytes of a data URI (RFC 2397) in base64.
pub fn base64_of(data_uri: &str) -> Option<(&str, &str)> {
    let (head, base64) = data_uri.trim().strip_prefix("data:")?.split_once(',')?;
    Some((head.strip_suffix(";base64")?, base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(scheme: &str, value: &str) -> Identifier {
        Identifier { scheme: scheme.into(), value: value.into() }
    }

    fn course(code: &str, loi: Option<&str>, grade: &str) -> Achievement {
        Achievement {
            identifiers: vec![id("local", code)],
            instance_identifiers: loi.map(|l| id("ewp-loi-id", l)).into_iter().collect(),
            grade: Some(hei_proto::hei::credentials::v1::Grade { label: grade.into() }),
            ..Default::default()
        }
    }

    fn record(achievements: Vec<Achievement>) -> Transcript {
        let issuer =
            Organisation { identifiers: vec![id("schac", "A.example")], ..Default::default() };
        Transcript { issuer: Some(issuer), achievements, ..Default::default() }
    }

    #[test]
    fn a_changed_grade_is_the_same_record_and_another_instance_is_not() {
        let one = identity(&record(vec![course("X", Some("1"), "A")]));
        assert_eq!(one, identity(&record(vec![course("X", Some("1"), "B")])));
        assert_ne!(one, identity(&record(vec![course("X", Some("2"), "A")])));
    }

    #[test]
    fn identifiers_cannot_be_shifted_into_one_another() {
        let two = identity(&record(vec![course("X\nday:0:", None, "")]));
        assert_ne!(two, identity(&record(vec![course("X", None, "")])));
    }
}
