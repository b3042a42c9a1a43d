//! Sentences about what the node sends to a partner.

use std::time::Duration;

use hei_proto::hei::credentials::v1::{SendTranscriptRequest, TranscriptSent};
use hei_proto::hei::messaging::v1::{
    EnvelopeHeader, GetMessageRequest, KeyUse, ListMessagesRequest, Message, MessageState,
};
use prost::Message as _;

use super::{Step, gap, records, steps};
use crate::check::{ensure, made, same};
use crate::clock;
use crate::peer::signed_by;
use crate::verdict::{Outcome, Stop};
use crate::world::World;

const SETTLED_MS: i64 = 30_000;

pub(super) const STEPS: &[Step] = steps![
    "the student information system sends it to the partner for recognition" => sends,
    "the student information system sends it to the partner for recognition under a key" => sends_under_a_key,
    "it does the same under the same key" => sends_under_a_key,
    "it sends it for mobility under the same key" => sends_other_content,
    "the registrar does the same under the same key" => registrar_sends,
    "the student information system sends it to the partner and names the earlier revision" => sends_earlier,
    "the student information system sends it to the partner and names the present revision" => sends_present,
    "both times it is told of the same message" => same_message,
    "each is told of a message of its own" => own_messages,
    "the node has one message for it to the partner" => one_message,
    "the node has no message for it to the partner" => no_message,
    "the partner has received it" => has_received,
    "the partner receives the document with a signature of the node that holds" => receives_signed,
    "it names {} as its purpose, with legal basis and categories of data" => names_purpose,
    "the message becomes delivered, with the receipt of the partner" => becomes_delivered,
];

/// What is sent, and how.
struct Sent<'a> {
    role: &'a str,
    purpose: &'a str,
    request_id: String,
    etag: String,
}

async fn send(world: &mut World, it: Sent<'_>) -> Outcome {
    let request = SendTranscriptRequest {
        name: world.name()?,
        peer: format!("peers/{}", world.suite.partner().await?.domain),
        purpose: records::purpose(it.purpose),
        request_id: it.request_id,
        etag: it.etag,
        ..Default::default()
    };
    let answered = world.suite.campus.call(it.role, request).await?;
    let told = world.heard(answered)?;
    world.messages.extend(told.map(|answer| answer.message));
    Ok(())
}

fn plain(world: &World) -> Sent<'static> {
    let request_id = world.request_id.clone();
    Sent { role: "sis", purpose: "recognition", request_id, etag: String::new() }
}

async fn sends(world: &mut World, _: &[String]) -> Outcome {
    send(world, Sent { request_id: String::new(), ..plain(world) }).await
}

async fn sends_under_a_key(world: &mut World, _: &[String]) -> Outcome {
    send(world, plain(world)).await
}

async fn sends_other_content(world: &mut World, _: &[String]) -> Outcome {
    send(world, Sent { purpose: "mobility", ..plain(world) }).await
}

async fn registrar_sends(world: &mut World, _: &[String]) -> Outcome {
    send(world, Sent { role: "registrar", ..plain(world) }).await
}

async fn sends_earlier(world: &mut World, _: &[String]) -> Outcome {
    let etag = made(&world.earlier_etag, "earlier revision")?.clone();
    send(world, Sent { request_id: String::new(), etag, ..plain(world) }).await
}

async fn sends_present(world: &mut World, _: &[String]) -> Outcome {
    let etag = made(&world.record, "transcript")?.etag.clone();
    send(world, Sent { request_id: String::new(), etag, ..plain(world) }).await
}

async fn same_message(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    let [first, second] = world.messages.as_slice() else {
        return Err(Stop::fail("there are not two answers"));
    };
    same("the second answer", second, first)
}

async fn own_messages(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    let [first, second] = world.messages.as_slice() else {
        return Err(Stop::fail("there are not two answers"));
    };
    ensure(first != second, || format!("both are told of {first}"))
}

/// The messages to the partner about the record. The order key of the contract's header tells which.
async fn about_it(world: &mut World) -> Outcome<Vec<Message>> {
    let (peer, name) = (format!("peers/{}", world.suite.partner().await?.domain), world.name()?);
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListMessagesRequest {
            page_size: 200,
            page_token,
            peer: peer.clone(),
            ..Default::default()
        };
        let answered = world.suite.campus.call("registrar", request).await?;
        let page = answered.map_err(|refusal| {
            Stop::fail(format!("the list of messages: refused with {refusal}"))
        })?;
        all.extend(page.messages.into_iter().filter(|message| order_key(message) == name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

fn order_key(message: &Message) -> String {
    EnvelopeHeader::decode(message.header.clone())
        .map(|header| header.order_key)
        .unwrap_or_default()
}

async fn one_message(world: &mut World, _: &[String]) -> Outcome {
    same("the messages for it", &about_it(world).await?.len(), &1)
}

async fn no_message(world: &mut World, _: &[String]) -> Outcome {
    same("the messages for it", &about_it(world).await?.len(), &0)
}

fn last(world: &World) -> Outcome<String> {
    world.messages.last().cloned().ok_or_else(|| Stop::fail("nothing was sent"))
}

async fn has_received(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    let message = last(world)?;
    let id = message.trim_start_matches("messages/");
    let arrived = world.suite.partner().await?.arrival(id).await?;
    world.envelope = Some(arrived);
    becomes_delivered(world, &[]).await
}

async fn receives_signed(world: &mut World, gaps: &[String]) -> Outcome {
    has_received(world, gaps).await?;
    let node = &world.suite.node;
    let (arrived, partner) = (made(&world.envelope, "message")?, world.suite.partner().await?);
    let header = header(world)?;
    signed_by(
        &node.descriptor,
        KeyUse::Message,
        &header.key_id,
        "hei-envelope-v1\n",
        &arrived.header,
        &arrived.signature,
    )?;
    same(
        "sender and audience",
        &(&header.sender, &header.audience),
        &(&node.domain, &partner.domain),
    )?;
    let sent = TranscriptSent::decode(arrived.payload.clone());
    let sent = sent.map_err(|e| Stop::fail(format!("the payload is no TranscriptSent: {e}")))?;
    ensure(sent.document == world.course.elmo(), || {
        "the document is another than was imported".to_owned()
    })
}

fn header(world: &World) -> Outcome<EnvelopeHeader> {
    let arrived = made(&world.envelope, "message")?;
    EnvelopeHeader::decode(arrived.header.clone())
        .map_err(|e| Stop::fail(format!("the header: {e}")))
}

async fn names_purpose(world: &mut World, gaps: &[String]) -> Outcome {
    let header = header(world)?;
    same("the purpose", &header.purpose, &records::purpose(gap(gaps, 0)?))?;
    let told = !header.legal_basis.is_empty() && !header.data_categories.is_empty();
    ensure(told, || {
        format!("basis {:?}, categories {:?}", header.legal_basis, header.data_categories)
    })
}

async fn becomes_delivered(world: &mut World, _: &[String]) -> Outcome {
    let name = last(world)?;
    let end = clock::now().saturating_add(SETTLED_MS);
    loop {
        let answered =
            world.suite.campus.call("registrar", GetMessageRequest { name: name.clone() }).await?;
        let message =
            answered.map_err(|refusal| Stop::fail(format!("{name}: refused with {refusal}")))?;
        if message.state() == MessageState::Delivered {
            return ensure(message.receipt.is_some(), || {
                format!("{name} is delivered without receipt")
            });
        }
        if clock::now() > end {
            let (state, why) = (message.state().as_str_name(), message.last_error);
            return Err(Stop::fail(format!("{name} is still {state}: {why}")));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
