//! Sentences about the feed of changes and its cursor.

use std::time::Duration;

use hei_proto::hei::common::v1::{Change, ChangeKind};
use hei_proto::hei::credentials::v1::{
    ImportedTranscript, ListTranscriptChangesRequest, ListTranscriptChangesResponse,
    WatchTranscriptChangesRequest, WatchTranscriptChangesResponse,
};
use prost::Message as _;

use super::{Step, gap, lists, records, steps};
use crate::check::{ensure, made, same};
use crate::clock;
use crate::verdict::{Outcome, Stop};
use crate::wire::{Answered, Refusal};
use crate::world::World;

/// How long a change may take to be told.
const TOLD_MS: i64 = 30_000;

pub(super) const STEPS: &[Step] = steps![
    "a cursor of the changes for the student information system" => system_takes_cursor,
    "a cursor of the changes for the learner" => learner_takes_cursor,
    "the student information system reads the changes after the cursor by pages of {}" => reads_by_pages,
    "the student information system reads one change at a time, each from the cursor that came with the one before" => reads_one_by_one,
    "the learner reads the changes after the cursor" => learner_reads,
    "the registrar reads the changes after that cursor" => registrar_reads,
    "the student information system reads the changes after an altered cursor" => reads_after_altered,
    "the student information system watches the changes after the cursor" => watches,
    "it hears of changes until that of the present revision" => hears,
    "they tell once that it was created and then once that it changed to its present revision" => tell_both_in_order,
    "they tell that it was created and tell of no other transcript" => tell_of_it_alone,
];

async fn page(
    world: &World,
    role: &str,
    page_size: i32,
    page_token: &str,
) -> Outcome<Answered<ListTranscriptChangesResponse>> {
    let purpose = records::purpose("administration");
    let page_token = page_token.to_owned();
    let request = ListTranscriptChangesRequest { page_size, page_token, purpose };
    world.suite.campus.call(role, request).await
}

async fn take_cursor(world: &mut World, role: &str) -> Outcome {
    let answered = page(world, role, 1, "").await?;
    let answer = world.heard(answered)?;
    world.settled()?;
    let answer = made(&answer, "answer")?;
    ensure(answer.changes.is_empty(), || "changes were told without a cursor".to_owned())?;
    ensure(!answer.cursor.is_empty(), || "the cursor is empty".to_owned())?;
    world.token = Some(answer.cursor.clone());
    Ok(())
}

async fn system_takes_cursor(world: &mut World, _: &[String]) -> Outcome {
    take_cursor(world, "sis").await
}

async fn learner_takes_cursor(world: &mut World, _: &[String]) -> Outcome {
    take_cursor(world, "learner").await
}

/// Reads on until the record's present revision was told and nothing more is there. Each
/// next call takes the token of the next page where there is one, or always the cursor.
async fn read(world: &mut World, role: &str, size: i32, by_cursor: bool) -> Outcome {
    let mut token = made(&world.token, "cursor")?.clone();
    let present = made(&world.record, "transcript")?.clone();
    let end = clock::now().saturating_add(TOLD_MS);
    loop {
        let answered = page(world, role, size, &token).await?;
        let answer = answered.map_err(|refusal| Stop::fail(format!("refused with {refusal}")))?;
        ensure(i32::try_from(answer.changes.len()).is_ok_and(|count| count <= size), || {
            format!("a page of {size} has {}", answer.changes.len())
        })?;
        world.changes.extend(answer.changes);
        let told = is_told(&world.changes, &present);
        let more = !answer.next_page_token.is_empty();
        token = if more && !by_cursor { answer.next_page_token } else { answer.cursor };
        match (more, told) {
            (false, true) => return Ok(()),
            (true, _) => {}
            (false, false) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        ensure(clock::now() < end, || format!("{} {} was not told", present.name, present.etag))?;
    }
}

fn is_told(changes: &[Change], record: &ImportedTranscript) -> bool {
    changes.iter().any(|told| (&told.name, &told.etag) == (&record.name, &record.etag))
}

async fn reads_by_pages(world: &mut World, gaps: &[String]) -> Outcome {
    let size = gap(gaps, 0)?.parse().map_err(|_| Stop::fail("pages of how many?"))?;
    read(world, "sis", size, false).await
}

async fn reads_one_by_one(world: &mut World, _: &[String]) -> Outcome {
    read(world, "sis", 1, true).await
}

async fn learner_reads(world: &mut World, _: &[String]) -> Outcome {
    read(world, "learner", 50, false).await
}

async fn registrar_reads(world: &mut World, _: &[String]) -> Outcome {
    let answered = page(world, "registrar", 50, made(&world.token, "cursor")?).await?;
    world.heard(answered).map(drop)
}

async fn reads_after_altered(world: &mut World, _: &[String]) -> Outcome {
    let altered = lists::altered(made(&world.token, "cursor")?);
    let answered = page(world, "sis", 50, &altered).await?;
    world.heard(answered).map(drop)
}

async fn watches(world: &mut World, _: &[String]) -> Outcome {
    let page_token = made(&world.token, "cursor")?.clone();
    let purpose = records::purpose("administration");
    let request = WatchTranscriptChangesRequest { page_token, purpose };
    let answered = world.suite.campus.listen("sis", request).await?;
    world.watching = world.heard(answered)?;
    world.settled()
}

/// The call itself ends after a time, so this does not wait for ever.
async fn hears(world: &mut World, _: &[String]) -> Outcome {
    let present = made(&world.record, "transcript")?.clone();
    let mut watching =
        world.watching.take().ok_or_else(|| Stop::fail("nobody watches the changes"))?;
    while !is_told(&world.changes, &present) {
        let told = watching.message().await;
        let told = told.map_err(|status| Stop::fail(format!("{}", Refusal::of(&status))))?;
        let told = told.ok_or_else(|| Stop::fail("the node tells no more"))?;
        let answer = WatchTranscriptChangesResponse::decode(told);
        let answer = answer.map_err(|e| Stop::fail(format!("an answer of another kind: {e}")))?;
        ensure(!answer.cursor.is_empty(), || "the cursor is empty".to_owned())?;
        world.changes.extend(answer.changes);
    }
    Ok(())
}

async fn tell_both_in_order(world: &mut World, _: &[String]) -> Outcome {
    let record = made(&world.record, "transcript")?;
    let own = world.changes.iter().filter(|change| change.name == record.name);
    let found: Vec<_> = own.map(|change| (change.kind(), change.etag.clone())).collect();
    let first = made(&world.earlier_etag, "earlier revision")?.clone();
    let wanted = vec![(ChangeKind::Created, first), (ChangeKind::Changed, record.etag.clone())];
    same("its changes", &found, &wanted)
}

async fn tell_of_it_alone(world: &mut World, _: &[String]) -> Outcome {
    let name = world.name()?;
    let found: Vec<_> =
        world.changes.iter().map(|change| (change.kind(), change.name.clone())).collect();
    same("the changes", &found, &vec![(ChangeKind::Created, name)])
}
