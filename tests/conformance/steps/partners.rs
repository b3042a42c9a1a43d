//! Sentences about partners and what they deliver to the node.

use hei_proto::hei::credentials::v1::{
    GetTranscriptRequest, Origin, TranscriptSent, TranscriptTaken,
};
use hei_proto::hei::node::v1::{ResumePeerRequest, SuspendPeerRequest};
use prost::Message as _;

use super::{Step, gap, records, steps};
use crate::check::{ensure, made, same};
use crate::clock;
use crate::documents::Course;
use crate::peer::{Partner, Said, receipt};
use crate::verdict::{Outcome, Stop};
use crate::world::World;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// A field with a number far beyond those of the contract, of length 1.
pub(super) const UNKNOWN_FIELD: &[u8] = &[0x82, 0x7d, 0x01, 0x78];

pub(super) const STEPS: &[Step] = steps![
    "a partner whose keys the node has pinned" => a_partner,
    "a second partner whose keys the node has pinned" => a_second_partner,
    "a stranger" => a_stranger,
    "a stranger who calls itself by the partner's name" => an_impostor,
    "the stranger delivers a transcript" => stranger_delivers,
    "somebody without certificate calls the node as a partner would" => nobody_calls,
    "the partner delivers a transcript" => delivers,
    "the partner delivers a transcript in the name of \"{}\"" => delivers_in_the_name_of,
    "the partner delivers a transcript by a clock that is off by {} seconds" => delivers_by_a_clock,
    "the partner delivers a transcript whose header has a field that nobody knows" => delivers_unknown_field,
    "the partner delivers a message that was made {} days ago" => delivers_an_old_one,
    "the partner delivers the same message again" => delivers_again,
    "the second partner delivers the same message again" => second_delivers_again,
    "its receipt proves that the node has taken it" => receipt_proves,
    "both receipts are the same, byte for byte" => receipts_are_the_same,
    "the registrar reads the same achievement, received from the partner" => reads_what_was_received,
    "the trust officer suspends the partner" => suspends,
    "the trust officer resumes the partner" => resumes,
];

async fn a_partner(world: &mut World, _: &[String]) -> Outcome {
    world.suite.partner().await.map(drop)
}

async fn a_second_partner(world: &mut World, _: &[String]) -> Outcome {
    world.suite.second().await.map(drop)
}

async fn a_stranger(world: &mut World, _: &[String]) -> Outcome {
    let stranger = world.suite.stranger(format!("s-{}.example", clock::fresh())).await?;
    world.stranger = Some(stranger);
    Ok(())
}

async fn an_impostor(world: &mut World, _: &[String]) -> Outcome {
    let domain = world.suite.partner().await?.domain.clone();
    world.stranger = Some(world.suite.stranger(domain).await?);
    Ok(())
}

/// A transcript that the partner itself awarded.
fn payload(world: &mut World, partner: &Partner) -> Vec<u8> {
    world.course = Course::new(&partner.domain, &clock::fresh());
    TranscriptSent {
        name: format!("transcripts/{}", clock::uuid7(clock::now())),
        document: world.course.elmo().into(),
        media_type: "application/xml".to_owned(),
    }
    .encode_to_vec()
}

/// The first attempt of a new message.
async fn attempt(world: &mut World, partner: &Partner, said: Said, clock_ms: i64) -> Outcome {
    let payload = payload(world, partner);
    let envelope = partner.envelope(payload, said);
    world.envelope = Some(envelope);
    again(world, partner, clock_ms).await
}

/// One more attempt.
async fn again(world: &mut World, partner: &Partner, clock_ms: i64) -> Outcome {
    let envelope = made(&world.envelope, "message")?.clone();
    let answered = partner.caller().deliver(&envelope, clock_ms).await?;
    let delivered = world.heard(answered)?;
    world.delivered.extend(delivered);
    Ok(())
}

async fn stranger_delivers(world: &mut World, _: &[String]) -> Outcome {
    let stranger = made(&world.stranger, "stranger")?.clone();
    attempt(world, &stranger, Said::default(), 0).await
}

async fn nobody_calls(world: &mut World, _: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    let payload = payload(world, &partner);
    let envelope = partner.envelope(payload, Said::default());
    let answered = partner.nobody().deliver(&envelope, 0).await?;
    world.heard(answered).map(drop)
}

async fn delivers(world: &mut World, _: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    attempt(world, &partner, Said::default(), 0).await
}

async fn delivers_in_the_name_of(world: &mut World, gaps: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    let said = Said { sender: Some(gap(gaps, 0)?.to_owned()), ..Said::default() };
    attempt(world, &partner, said, 0).await
}

async fn delivers_by_a_clock(world: &mut World, gaps: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    attempt(world, &partner, Said::default(), number(gap(gaps, 0)?)?.saturating_mul(1000)).await
}

async fn delivers_unknown_field(world: &mut World, _: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    attempt(world, &partner, Said { unknown: UNKNOWN_FIELD.to_vec(), ..Said::default() }, 0).await
}

async fn delivers_an_old_one(world: &mut World, gaps: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    let made_ms_from_now = number(gap(gaps, 0)?)?.saturating_mul(-DAY_MS);
    attempt(world, &partner, Said { made_ms_from_now, ..Said::default() }, 0).await
}

async fn delivers_again(world: &mut World, _: &[String]) -> Outcome {
    let partner = world.suite.partner().await?;
    again(world, &partner, 0).await
}

async fn second_delivers_again(world: &mut World, _: &[String]) -> Outcome {
    let second = world.suite.second().await?;
    again(world, &second, 0).await
}

async fn receipt_proves(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    let last = world.delivered.last().ok_or_else(|| Stop::fail("nothing was delivered"))?;
    let sent = made(&world.envelope, "message")?;
    receipt(&world.suite.node.descriptor, sent, last).map(drop)
}

async fn receipts_are_the_same(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    let [first, second] = world.delivered.as_slice() else {
        return Err(Stop::fail("there are not two receipts"));
    };
    same("the second answer", second, first)
}

async fn reads_what_was_received(world: &mut World, _: &[String]) -> Outcome {
    let last = world.delivered.last().ok_or_else(|| Stop::fail("nothing was delivered"))?;
    let taken = TranscriptTaken::decode(last.answer.clone());
    let taken = taken.map_err(|e| Stop::fail(format!("the answer is no TranscriptTaken: {e}")))?;
    same("the achievements taken", &taken.achievement_count, &1)?;
    let request =
        GetTranscriptRequest { name: taken.name, purpose: records::purpose("recognition") };
    let answered = world.suite.campus.call("registrar", request).await?;
    let read = world.heard(answered)?;
    world.settled()?;
    let read = made(&read, "answer")?;
    same("its origin", &read.origin(), &Origin::Received)?;
    records::says_what_the_document_says(&world.course, read)
}

async fn suspends(world: &mut World, _: &[String]) -> Outcome {
    let name = format!("peers/{}", world.suite.partner().await?.domain);
    let request = SuspendPeerRequest { name, ..Default::default() };
    let answered = world.suite.campus.call("trust_officer", request).await?;
    world.heard(answered)?;
    ensure(world.accepted(), || "the partner cannot be suspended".to_owned())
}

async fn resumes(world: &mut World, _: &[String]) -> Outcome {
    let name = format!("peers/{}", world.suite.partner().await?.domain);
    let request = ResumePeerRequest { name, ..Default::default() };
    let answered = world.suite.campus.call("trust_officer", request).await?;
    world.heard(answered).map(drop)
}

pub(super) fn number(text: &str) -> Outcome<i64> {
    text.parse().map_err(|_| Stop::fail(format!("{text} is no number")))
}
