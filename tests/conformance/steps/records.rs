//! Sentences about transcripts as the campus imports, reads and exports them.

use hei_proto::hei::common::v1::{CodedValue, Identifier, WrittenDate};
use hei_proto::hei::credentials::v1::{
    Achievement, ExportTranscriptRequest, Format, GetTranscriptRequest, ImportTranscriptRequest,
    ImportedTranscript, Outcome as Did, Transcript,
};
use prost::bytes::Bytes;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage as _, Value};

use super::{Step, gap, steps};
use crate::LEARNER;
use crate::check::{ensure, made, same};
use crate::clock;
use crate::documents::Course;
use crate::verdict::{Outcome, Stop};
use crate::world::World;

pub(super) const STEPS: &[Step] = steps![
    "a transcript of the node's own institution" => own_transcript,
    "a transcript of the learner" => learners_transcript,
    "{} transcripts of one learner" => several_transcripts,
    "a course titled \"{}\" in {}, \"{}\" in {} and \"{}\" in {}" => titled,
    "a course whose result is of {}" => result_of,
    "a transcript that was issued at \"{}\"" => issued_at,
    "the student information system imports a transcript with it" => imports,
    "the student information system imports it" => imports,
    "it is imported again" => imported_again,
    "its grade is changed to \"{}\" and it is imported again" => grade_changes,
    "its revision is the same" => same_revision,
    "its revision is another" => other_revision,
    "the registrar reads it" => reads,
    "the registrar reads it for the purpose \"{}\"" => reads_for,
    "the registrar reads it for the purpose \"{}\" of the list \"{}\"" => reads_for_listed,
    "the course is titled \"{}\" in {}" => is_titled,
    "no language of its titles stands there twice" => no_language_twice,
    "the result is of {}, without time and zone" => is_of_day,
    "it was issued on {} at \"{}\" with the offset \"{}\"" => was_issued,
    "it was stored within the last {} minutes" => was_stored,
    "each of its codes and identifiers says from which list it is" => codes_say_their_list,
    "it tells the institution, course code, title, credits, grade and day of the document" => tells_all,
    "the student information system exports it as it came" => exports_source,
    "the document is the one that was imported, byte for byte" => is_the_document,
    "the student information system exports it as ELMO and imports that" => through_elmo,
    "the student information system exports it as ELM and imports that" => through_elm,
    "it imports the same credential in the wrapper of an upload" => imports_wrapped,
    "both imports make the same record with the same achievements" => makes_the_same,
];

/// A purpose as requests carry it.
pub(super) fn purpose(code: &str) -> Option<CodedValue> {
    Some(CodedValue { scheme: "hei-purpose".to_owned(), code: code.to_owned() })
}

async fn import(world: &mut World, document: Bytes) -> Outcome<ImportedTranscript> {
    let request = ImportTranscriptRequest {
        document,
        purpose: purpose("administration"),
        ..Default::default()
    };
    let answered = world.suite.campus.call("sis", request).await?;
    let answer = world.heard(answered)?;
    world.settled()?;
    let records = made(&answer, "answer")?.transcripts.clone();
    <[ImportedTranscript; 1]>::try_from(records)
        .map(|[one]| one)
        .map_err(|all| Stop::fail(format!("the document made {} records, wanted one", all.len())))
}

pub(super) async fn imports(world: &mut World, _: &[String]) -> Outcome {
    let record = import(world, world.course.elmo().into()).await?;
    world.record = Some(record);
    Ok(())
}

async fn own_transcript(world: &mut World, gaps: &[String]) -> Outcome {
    imports(world, gaps).await
}

async fn learners_transcript(world: &mut World, gaps: &[String]) -> Outcome {
    world.course.learner = LEARNER.to_owned();
    imports(world, gaps).await
}

async fn several_transcripts(world: &mut World, gaps: &[String]) -> Outcome {
    let count: usize = gap(gaps, 0)?.parse().map_err(|_| Stop::fail("how many?"))?;
    let base = world.course.code.clone();
    for n in 0..count {
        world.course.code = format!("{base}-{n}");
        let record = import(world, world.course.elmo().into()).await?;
        world.records.push(record.name);
    }
    Ok(())
}

async fn titled(world: &mut World, gaps: &[String]) -> Outcome {
    let pairs =
        gaps.chunks_exact(2).filter_map(|pair| Some((pair.get(1)?.clone(), pair.first()?.clone())));
    world.course.titles = pairs.collect();
    Ok(())
}

async fn result_of(world: &mut World, gaps: &[String]) -> Outcome {
    world.course.day = gap(gaps, 0)?.to_owned();
    Ok(())
}

async fn issued_at(world: &mut World, gaps: &[String]) -> Outcome {
    world.course.issued = gap(gaps, 0)?.to_owned();
    Ok(())
}

/// Imports again; the revision that it had before becomes the earlier one.
async fn imported_again(world: &mut World, gaps: &[String]) -> Outcome {
    let before = made(&world.record, "transcript")?.clone();
    imports(world, gaps).await?;
    same("the record", &world.name()?, &before.name)?;
    world.earlier_etag = Some(before.etag);
    Ok(())
}

async fn grade_changes(world: &mut World, gaps: &[String]) -> Outcome {
    world.course.grade = gap(gaps, 0)?.to_owned();
    imported_again(world, &[]).await
}

async fn same_revision(world: &mut World, _: &[String]) -> Outcome {
    let now = &made(&world.record, "transcript")?.etag;
    same("the revision", now, made(&world.earlier_etag, "earlier revision")?)
}

async fn other_revision(world: &mut World, _: &[String]) -> Outcome {
    let now = &made(&world.record, "transcript")?.etag;
    ensure(Some(now) != world.earlier_etag.as_ref(), || format!("the revision is still {now}"))
}

async fn read(world: &mut World, purpose: Option<CodedValue>) -> Outcome {
    let request = GetTranscriptRequest { name: world.name()?, purpose };
    let answered = world.suite.campus.call("registrar", request).await?;
    world.read = world.heard(answered)?;
    Ok(())
}

async fn reads(world: &mut World, _: &[String]) -> Outcome {
    read(world, purpose("administration")).await
}

async fn reads_for(world: &mut World, gaps: &[String]) -> Outcome {
    read(world, purpose(gap(gaps, 0)?)).await
}

async fn reads_for_listed(world: &mut World, gaps: &[String]) -> Outcome {
    let (code, scheme) = (gap(gaps, 0)?.to_owned(), gap(gaps, 1)?.to_owned());
    read(world, Some(CodedValue { scheme, code })).await
}

fn course(read: &Transcript) -> Outcome<&Achievement> {
    read.achievements.first().ok_or_else(|| Stop::fail("it has no achievement"))
}

async fn is_titled(world: &mut World, gaps: &[String]) -> Outcome {
    let course = course(made(&world.read, "answer")?)?;
    let (title, language) = (gap(gaps, 0)?, gap(gaps, 1)?);
    let found = course.titles.iter().any(|t| t.language == language && t.text == title);
    ensure(found, || format!("its titles are {:?}", course.titles))
}

async fn no_language_twice(world: &mut World, _: &[String]) -> Outcome {
    let course = course(made(&world.read, "answer")?)?;
    let mut languages: Vec<_> = course.titles.iter().map(|title| &title.language).collect();
    languages.sort_unstable();
    languages.dedup();
    same("the number of titles", &course.titles.len(), &languages.len())
}

/// "2026-01-17".
fn day(written: &WrittenDate) -> String {
    let date = written.date.unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

async fn is_of_day(world: &mut World, gaps: &[String]) -> Outcome {
    let date = course(made(&world.read, "answer")?)?.date.clone().unwrap_or_default();
    let found = (day(&date), date.time.as_str(), date.offset.as_str());
    same("the day of the result", &found, &(gap(gaps, 0)?.to_owned(), "", ""))
}

async fn was_issued(world: &mut World, gaps: &[String]) -> Outcome {
    let date = made(&world.read, "answer")?.issue_date.clone().unwrap_or_default();
    let wanted = (gap(gaps, 0)?.to_owned(), gap(gaps, 1)?, gap(gaps, 2)?);
    same("the time of issue", &(day(&date), date.time.as_str(), date.offset.as_str()), &wanted)
}

async fn was_stored(world: &mut World, gaps: &[String]) -> Outcome {
    let minutes: i64 = gap(gaps, 0)?.parse().map_err(|_| Stop::fail("how many minutes?"))?;
    let stored = made(&made(&world.read, "answer")?.create_time, "time of storing")?;
    let away = clock::now().saturating_sub(clock::millis(stored)).saturating_abs();
    ensure(away <= minutes.saturating_mul(60_000), || {
        format!("it was stored {away} ms away from now")
    })
}

/// Every coded value and identifier of the answer, at whatever depth.
async fn codes_say_their_list(world: &mut World, _: &[String]) -> Outcome {
    let read = made(&world.read, "answer")?;
    let pool = DescriptorPool::decode(hei_proto::DESCRIPTOR_SET)
        .map_err(|e| Stop::error(e.to_string()))?;
    let known = pool.get_message_by_name("hei.credentials.v1.Transcript");
    let known = known.ok_or_else(|| Stop::error("the contract has no Transcript"))?;
    let bytes = prost::Message::encode_to_vec(read);
    let message =
        DynamicMessage::decode(known, bytes.as_slice()).map_err(|e| Stop::error(e.to_string()))?;
    let (mut seen, mut bare) = (0, Vec::new());
    schemes(&message, &mut |scheme, value| {
        seen += 1;
        if scheme.is_empty() {
            bare.push(value.to_owned());
        }
    });
    ensure(seen >= 3, || format!("only {seen} codes and identifiers came back"))?;
    same("what says no list", &bare, &Vec::new())
}

/// Tells of each pair of scheme and value.
fn schemes(message: &DynamicMessage, tell: &mut impl FnMut(&str, &str)) {
    let text = |field: &str| match message.get_field_by_name(field) {
        Some(value) => value.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    match message.descriptor().full_name() {
        "hei.common.v1.CodedValue" => tell(&text("scheme"), &text("code")),
        "hei.common.v1.Identifier" => tell(&text("scheme"), &text("value")),
        _ => {}
    }
    for (_, value) in message.fields() {
        match value {
            Value::Message(inner) => schemes(inner, tell),
            Value::List(items) => {
                items.iter().filter_map(Value::as_message).for_each(|m| schemes(m, tell))
            }
            _ => {}
        }
    }
}

/// Fails unless the record says what the document says.
pub(super) fn says_what_the_document_says(document: &Course, read: &Transcript) -> Outcome {
    let achievement = course(read)?;
    let has = |identifiers: &[Identifier], scheme: &str, value: &str| {
        identifiers.iter().any(|one| one.scheme == scheme && one.value == value)
    };
    let issuer = read.issuer.clone().unwrap_or_default().identifiers;
    ensure(has(&issuer, "schac", &document.issuer), || format!("its issuer is {issuer:?}"))?;
    let codes = &achievement.identifiers;
    ensure(has(codes, "local", &document.code), || format!("the course is {codes:?}"))?;
    let titles: Vec<_> =
        achievement.titles.iter().map(|t| (t.language.clone(), t.text.clone())).collect();
    same("the titles", &titles, &document.titles)?;
    let credits: Vec<_> =
        achievement.credits.iter().map(|c| (c.scheme.as_str(), c.value.as_str())).collect();
    same("the credits", &credits, &vec![("ects", "7.5")])?;
    same("the grade", &achievement.grade.clone().unwrap_or_default().label, &document.grade)?;
    same("the day", &day(&achievement.date.clone().unwrap_or_default()), &document.day)
}

async fn tells_all(world: &mut World, _: &[String]) -> Outcome {
    says_what_the_document_says(&world.course, made(&world.read, "answer")?)
}

async fn export(world: &mut World, format: Format) -> Outcome<Bytes> {
    let request = ExportTranscriptRequest {
        name: world.name()?,
        format: format.into(),
        purpose: purpose("credential"),
    };
    let answered = world.suite.campus.call("sis", request).await?;
    let answer = world.heard(answered)?;
    world.settled()?;
    Ok(made(&answer, "answer")?.document.clone())
}

async fn exports_source(world: &mut World, _: &[String]) -> Outcome {
    world.exported = Some(export(world, Format::Source).await?);
    Ok(())
}

async fn is_the_document(world: &mut World, _: &[String]) -> Outcome {
    let same = made(&world.exported, "document")?.as_ref() == world.course.elmo();
    ensure(same, || "the document is another".to_owned())
}

async fn through_elmo(world: &mut World, _: &[String]) -> Outcome {
    there_and_back(world, Format::Elmo).await
}

async fn through_elm(world: &mut World, _: &[String]) -> Outcome {
    there_and_back(world, Format::Elm).await
}

async fn there_and_back(world: &mut World, format: Format) -> Outcome {
    let document = export(world, format).await?;
    let before = made(&world.record, "transcript")?.clone();
    let record = import(world, document.clone()).await?;
    same("the record", &record.name, &before.name)?;
    world.earlier_etag = Some(before.etag);
    (world.exported, world.record) = (Some(document), Some(record));
    Ok(())
}

/// As the online tools of Europass write it: the credential beside how it is delivered.
async fn imports_wrapped(world: &mut World, _: &[String]) -> Outcome {
    let bare: serde_json::Value = serde_json::from_slice(made(&world.exported, "document")?)
        .map_err(|e| Stop::fail(format!("the document is no JSON: {e}")))?;
    let delivery = serde_json::json!({"deliveryAddress": ["learner@conformance.example"]});
    let wrapped = serde_json::json!({"credential": bare, "deliveryDetails": delivery});
    world.earlier = world.record.take();
    world.record = Some(import(world, wrapped.to_string().into_bytes().into()).await?);
    Ok(())
}

async fn makes_the_same(world: &mut World, _: &[String]) -> Outcome {
    let told = |it: &ImportedTranscript| (it.name.clone(), it.etag.clone(), it.achievement_count);
    let (first, second) = (made(&world.earlier, "earlier import")?, made(&world.record, "import")?);
    same("name, revision and number of achievements", &told(second), &told(first))?;
    same("what the second import did", &second.outcome(), &Did::Unchanged)
}
