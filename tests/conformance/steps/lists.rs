//! Sentences about lists and their pages.

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::{ListTranscriptsRequest, ListTranscriptsResponse};

use super::{Step, gap, records, steps};
use crate::check::{made, same};
use crate::verdict::{Outcome, Stop};
use crate::wire::Answered;
use crate::world::World;

pub(super) const STEPS: &[Step] = steps![
    "the student information system lists that learner's transcripts by pages of {}" => lists_all,
    "the pages together are those transcripts, each once" => pages_are_the_set,
    "the student information system reads a first page of {}" => reads_first,
    "the registrar asks for the page after it with the same token" => registrar_asks,
    "it asks for the page after it with an altered token" => asks_altered,
    "it asks for another learner's transcripts with the same token" => asks_another_question,
    "the learner lists the transcripts of its learner" => learner_lists,
    "the list is empty" => is_empty,
];

/// More pages than any scenario needs: a list that never ends is a failure and no endless run.
const PAGES_MAX: usize = 100;

async fn page(
    world: &World,
    role: &str,
    page_size: i32,
    page_token: &str,
    learner: &str,
) -> Outcome<Answered<ListTranscriptsResponse>> {
    let request = ListTranscriptsRequest {
        page_size,
        page_token: page_token.to_owned(),
        purpose: records::purpose("administration"),
        learner: Some(Identifier { scheme: "esi".to_owned(), value: learner.to_owned() }),
    };
    world.suite.campus.call(role, request).await
}

async fn lists_all(world: &mut World, gaps: &[String]) -> Outcome {
    let size: i32 = gap(gaps, 0)?.parse().map_err(|_| Stop::fail("pages of how many?"))?;
    let (mut names, mut token) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let answered = page(world, "sis", size, &token, &world.course.learner).await?;
        let answer =
            answered.map_err(|refusal| Stop::fail(format!("a page: refused with {refusal}")))?;
        let count = i32::try_from(answer.transcripts.len()).unwrap_or(i32::MAX);
        if count > size {
            return Err(Stop::fail(format!("a page of {size} has {count}")));
        }
        names.extend(answer.transcripts.into_iter().map(|one| one.name));
        token = answer.next_page_token;
        if token.is_empty() {
            world.listed = Some(names);
            return Ok(());
        }
    }
    Err(Stop::fail(format!("the list has not ended after {PAGES_MAX} pages")))
}

async fn pages_are_the_set(world: &mut World, _: &[String]) -> Outcome {
    let mut listed = made(&world.listed, "list")?.clone();
    listed.sort_unstable();
    let mut wanted = world.records.clone();
    wanted.sort_unstable();
    same("the list", &listed, &wanted)
}

async fn reads_first(world: &mut World, gaps: &[String]) -> Outcome {
    let size: i32 = gap(gaps, 0)?.parse().map_err(|_| Stop::fail("a page of how many?"))?;
    let answered = page(world, "sis", size, "", &world.course.learner).await?;
    let answer = world.heard(answered)?;
    let token = made(&answer, "page")?.next_page_token.clone();
    if token.is_empty() {
        return Err(Stop::fail("there is no second page"));
    }
    world.token = Some(token);
    Ok(())
}

async fn with_token(world: &mut World, role: &str, token: &str, learner: &str) -> Outcome {
    let answered = page(world, role, 2, token, learner).await?;
    world.heard(answered).map(drop)
}

async fn registrar_asks(world: &mut World, _: &[String]) -> Outcome {
    let (token, learner) =
        (made(&world.token, "page token")?.clone(), world.course.learner.clone());
    with_token(world, "registrar", &token, &learner).await
}

async fn asks_altered(world: &mut World, _: &[String]) -> Outcome {
    let (token, learner) =
        (made(&world.token, "page token")?.clone(), world.course.learner.clone());
    with_token(world, "sis", &altered(&token), &learner).await
}

/// A token with another last letter.
pub(super) fn altered(token: &str) -> String {
    let last = if token.ends_with('A') { 'B' } else { 'A' };
    token.chars().take(token.chars().count().saturating_sub(1)).chain([last]).collect()
}

async fn asks_another_question(world: &mut World, _: &[String]) -> Outcome {
    let (token, learner) =
        (made(&world.token, "page token")?.clone(), format!("{}0", world.course.learner));
    with_token(world, "sis", &token, &learner).await
}

async fn learner_lists(world: &mut World, _: &[String]) -> Outcome {
    let answered = page(world, "learner", 50, "", &world.course.learner).await?;
    let answer = world.heard(answered)?;
    world.listed = answer.map(|page| page.transcripts.into_iter().map(|one| one.name).collect());
    Ok(())
}

async fn is_empty(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    same("the list", made(&world.listed, "list")?, &Vec::new())
}
