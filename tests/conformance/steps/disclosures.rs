//! Sentences about what the learner reads of who received what.

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::FetchTranscriptRequest;
use hei_proto::hei::node::v1::{Disclosure, ListDisclosuresRequest};

use super::{Step, gap, records, steps};
use crate::LEARNER;
use crate::check::{ensure, made};
use crate::clock;
use crate::verdict::{Outcome, Stop};
use crate::world::World;

const RECENT_MS: i64 = 5 * 60_000;

pub(super) const STEPS: &[Step] = steps![
    "the partner reads it for recognition" => partner_reads,
    "the learner asks who received what" => asks,
    "the learner asks who received what about that other learner" => asks_about_another,
    "a disclosure of it to the partner by \"{}\" for {} is told" => is_told,
    "it names a legal basis, the categories of data, and the time" => names_basis,
    "no disclosure of it is told" => none_is_told,
];

async fn partner_reads(world: &mut World, _: &[String]) -> Outcome {
    let request =
        FetchTranscriptRequest { name: world.name()?, purpose: records::purpose("recognition") };
    let answered = world.suite.partner().await?.caller().call(request).await?;
    world.heard(answered)?;
    world.settled()
}

async fn ask(world: &mut World, learner: &str) -> Outcome {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListDisclosuresRequest {
            learner: Some(Identifier { scheme: "esi".to_owned(), value: learner.to_owned() }),
            purpose: records::purpose("learner_access"),
            page_size: 200,
            page_token,
        };
        let answered = world.suite.campus.call("learner", request).await?;
        let page = answered.map_err(|refusal| Stop::fail(format!("refused with {refusal}")))?;
        all.extend(page.disclosures);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            world.disclosures = Some(all);
            return Ok(());
        }
    }
}

async fn asks(world: &mut World, _: &[String]) -> Outcome {
    ask(world, LEARNER).await
}

async fn asks_about_another(world: &mut World, _: &[String]) -> Outcome {
    let other = world.course.learner.clone();
    ask(world, &other).await
}

/// The disclosures of the record.
fn of_it(world: &World) -> Outcome<Vec<Disclosure>> {
    let name = world.name()?;
    let all = made(&world.disclosures, "list of disclosures")?.iter();
    Ok(all.filter(|disclosure| disclosure.resource == name).cloned().collect())
}

async fn is_told(world: &mut World, gaps: &[String]) -> Outcome {
    let recipient = format!("peers/{}", world.suite.partner().await?.domain);
    let (channel, purpose) = (gap(gaps, 0)?, records::purpose(gap(gaps, 1)?));
    let told = of_it(world)?;
    let is =
        |d: &Disclosure| d.recipient == recipient && d.channel == channel && d.purpose == purpose;
    ensure(told.iter().any(is), || format!("of it are told: {told:?}"))
}

async fn names_basis(world: &mut World, _: &[String]) -> Outcome {
    let told = of_it(world)?;
    let whole = |d: &Disclosure| {
        let at = d.disclose_time.as_ref().map(clock::millis);
        let recent =
            at.is_some_and(|at| clock::now().saturating_sub(at).saturating_abs() < RECENT_MS);
        !d.legal_basis.is_empty() && !d.data_categories.is_empty() && recent
    };
    ensure(told.iter().all(whole), || format!("of it are told: {told:?}"))
}

async fn none_is_told(world: &mut World, _: &[String]) -> Outcome {
    let told = of_it(world)?;
    ensure(told.is_empty(), || format!("of it are told: {told:?}"))
}
