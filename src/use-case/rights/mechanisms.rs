//! What the mechanisms hold about persons beside the records of use cases: who they are,
//! answers to repeated requests, messages, disclosures and notices.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use hei_evidence::{disclosures, notices};
use hei_messaging::{inbox, outbox};
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Failed, blobs, idempotency, jobs, subjects};
use hei_values::{Id, Millis, name};
use prost::Message as _;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde_json::{Value, json};

use super::data::{Exported, Piece, SubjectData, nothing};
use super::json;
use super::rules::Holding;
use crate::{Call, Read};

/// Payloads of messages that have come to their end.
pub(super) const BODIES: &str = "messages.bodies";
/// Their headers and receipts.
pub(super) const HEADERS: &str = "messages.headers";
/// Who received what.
pub(super) const DISCLOSURES: &str = "disclosures";
/// The classes of data that retention rules may name.
pub(super) const CLASSES: [&str; 3] = [BODIES, HEADERS, DISCLOSURES];

/// Disclosures and notices of one piece.
const LISTED_MAX: u64 = 200;

/// What the mechanisms give, erase and hold back.
pub fn mechanisms() -> Vec<SubjectData> {
    let data = |tables, held, export, erase, restrict| SubjectData {
        tables,
        held,
        export,
        erase,
        restrict,
        is_reason: false,
        records: None,
    };
    let files = data(&["blobs"], held_files, &[file], erase_files, nothing);
    vec![
        // Key and identifiers go when all else has gone.
        data(&["subjects", "subject_identifiers"], no_holding, &[identity], leave, nothing),
        // A stored answer is sealed, and a repeat must find that there was one.
        data(&["answers"], no_holding, &[answers], leave, nothing),
        // What a job works on is sealed; without the key it ends by itself.
        data(&["jobs"], held_jobs, &[job], leave, nothing),
        SubjectData { is_reason: true, ..files },
        data(&["outbox"], held_in_outbox, &[sent], erase_outbox, release_outbox),
        data(&["inbox"], held_in_inbox, &[received], erase_inbox, nothing),
        // The trail stays: it says of nobody who that was.
        data(
            &["disclosures", "subject_notices"],
            held_disclosures,
            &[disclosed, told],
            leave,
            nothing,
        ),
    ]
}

type Rows<'a> = BoxFuture<'a, Result<Option<Exported>, Failed>>;
type Done<'a> = BoxFuture<'a, Result<(), Failed>>;
type Holdings<'a> = BoxFuture<'a, Result<Vec<Holding>, Failed>>;

fn leave(_: &mut Call, _: Uuid) -> Done<'_> {
    Box::pin(async { Ok(()) })
}

fn no_holding(_: &Read, _: Uuid) -> Holdings<'_> {
    Box::pin(async { Ok(Vec::new()) })
}

/// Counts rows and finds the first and last instant.
async fn counted<E, C>(
    read: &Read,
    rows: Select<E>,
    at: C,
    (collection, class): (&'static str, &'static str),
) -> Result<Vec<Holding>, Failed>
where
    E: EntityTrait,
    C: ColumnTrait,
{
    let counted = rows
        .select_only()
        .column_as(at.count(), "count")
        .column_as(at.min(), "first")
        .column_as(at.max(), "last")
        .into_tuple()
        .one(read.conn())
        .await?;
    let (count, first, last): (i64, Option<i64>, Option<i64>) = counted.unwrap_or_default();
    let at = |ms: Option<i64>| Millis(ms.unwrap_or_default());
    let count = u64::try_from(count).unwrap_or(0);
    Ok(vec![Holding { collection, class, count, first: at(first), last: at(last) }])
}

fn one(id: Uuid, pieces: Vec<Piece>) -> Option<Exported> {
    Some(Exported { id, pieces })
}

fn time(ms: i64) -> String {
    Millis(ms).to_rfc3339()
}

/// Who the person is here.
fn identity(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let (None, Some(row)) = (after, super::subject(read, subject).await?) else {
            return Ok(None);
        };
        let own = read.institution().id;
        let known = subjects::identifiers(read.conn(), own, subject).await?;
        let shown = |it: &subjects::SubjectIdentifier| json!({"scheme": it.scheme, "scope": it.scope, "value": it.value});
        let facts = json!({
            "name": super::table::name(subject),
            "createTime": time(row.created_at),
            "restrictTime": row.restricted_at.map(time),
            "restrictedFor": row.restricted_for,
            "restrictedBy": row.restricted_by,
            "identifiers": known.iter().map(shown).collect::<Vec<_>>(),
        });
        Ok(one(subject, vec![Piece::facts(super::table::name(subject), &facts)]))
    })
}

/// Answers that a repeat would get: those of a day, so all at once.
fn answers(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let own = read.institution().id;
        let kept = match after {
            None => idempotency::about(read.conn(), own, subject).await?,
            Some(_) => Vec::new(),
        };
        let mut pieces = Vec::new();
        for it in kept {
            let answer = json::answer_to(&it.method, &it.answer)?;
            let facts = json!({
                "method": it.method, "requestId": it.request_id, "client": it.principal,
                "createTime": time(it.created_at), "answer": answer,
            });
            pieces.push(Piece::facts(name::of("answers", &it.request_id), &facts));
        }
        Ok(one(subject, pieces).filter(|row| !row.pieces.is_empty()))
    })
}

fn header(bytes: &[u8]) -> Value {
    let known = EnvelopeHeader::decode(bytes).is_ok();
    let read = || json::message("hei.messaging.v1.EnvelopeHeader", bytes).ok();
    known.then(read).flatten().unwrap_or(Value::Null)
}

/// What was sent about the person.
fn sent(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let own = read.institution().id;
        let found = outbox::persons::next_about(read.conn(), own, subject, after).await?;
        let Some(row) = found else { return Ok(None) };
        let payload = outbox::persons::payload(read.conn(), &row).await?;
        let facts = json!({
            "name": row.name(), "peer": name::of("peers", &row.peer), "state": row.state,
            "createTime": time(row.create_ms), "deliverTime": row.deliver_ms.map(time),
            "header": header(&row.header),
            "payload": payload.map(|bytes| json::of_kind(&row.kind, &bytes, false)),
        });
        Ok(one(row.id, vec![Piece::facts(row.name(), &facts)]))
    })
}

/// What was answered to messages about the person.
fn received(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let own = read.institution().id;
        let found = inbox::persons::next_about(read.conn(), own, subject, after).await?;
        let Some(row) = found else { return Ok(None) };
        let answer = inbox::persons::answer(read.conn(), &row).await?;
        let shown = name::of("messages", Id(row.message_id));
        let facts = json!({
            "name": shown, "peer": name::of("peers", &row.peer),
            "receiveTime": time(row.receive_ms), "header": header(&row.header),
            "answer": answer.map(|bytes| json::of_kind(&row.kind, &bytes, true)),
        });
        Ok(one(row.message_id, vec![Piece::facts(shown, &facts)]))
    })
}

/// Who received what; many in one piece.
fn disclosed(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let own = read.institution().id;
        let rows = disclosures::page(read.conn(), own, subject, after, LISTED_MAX).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let facts = rows.iter().map(|it| {
            json!({
                "name": name::of("disclosures", Id(it.id)), "recipient": it.recipient,
                "resource": it.resource, "purpose": it.purpose, "legalBasis": it.legal_basis,
                "dataCategories": it.categories(), "channel": it.channel,
                "discloseTime": time(it.at_ms),
            })
        });
        let facts: Value = facts.collect();
        Ok(one(last.id, vec![Piece::facts("disclosures".to_owned(), &facts)]))
    })
}

/// What partners were told; many in one piece.
fn told(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let own = read.institution().id;
        let rows = notices::page(read.conn(), own, subject, after, LISTED_MAX).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let facts = rows.iter().map(|it| {
            json!({
                "recipient": it.recipient, "kind": it.kind, "record": it.record,
                "state": it.state, "tellTime": time(it.tell_ms),
                "answerTime": it.answer_ms.map(time), "rule": it.rule,
                "keepUntilTime": it.until_ms.map(time),
            })
        });
        let facts: Value = facts.collect();
        Ok(one(last.id, vec![Piece::facts("notices".to_owned(), &facts)]))
    })
}

/// Jobs about the person.
fn job(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let id = jobs::table::Column::Id;
        let mut query = jobs::about(read.institution().id, subject).order_by_asc(id).limit(1);
        if let Some(after) = after {
            query = query.filter(id.gt(after));
        }
        let Some(row) = query.one(read.conn()).await? else { return Ok(None) };
        let text = |bytes: Option<Vec<u8>>| bytes.map(|bytes| STANDARD.encode(bytes));
        let facts = json!({
            "name": name::of(crate::OPERATIONS, Id(row.id)), "job": row.name, "state": row.state,
            "client": row.principal, "purpose": row.purpose, "createTime": time(row.created_at),
            "argument": text(row.argument(read.conn()).await?),
            "answer": text(row.answer(read.conn()).await?),
        });
        let piece = Piece::facts(name::of(crate::OPERATIONS, Id(row.id)), &facts);
        Ok(one(row.id, vec![piece]))
    })
}

/// Files: documents, contents of attachments, and what was uploaded.
fn file(read: &Read, subject: Uuid, after: Option<Uuid>) -> Rows<'_> {
    Box::pin(async move {
        let mut query = files(read, subject).order_by_asc(blobs::Column::Id).limit(1);
        if let Some(after) = after {
            query = query.filter(blobs::Column::Id.gt(after));
        }
        let found = query.one(read.conn()).await?;
        Ok(found.and_then(|row| one(row.id, vec![Piece::file(&row)])))
    })
}

fn files(read: &Read, subject: Uuid) -> Select<blobs::Entity> {
    read.own::<blobs::Entity>()
        .filter(blobs::Column::SubjectId.eq(subject))
        .filter(blobs::Column::WholeMs.is_not_null())
}

fn held_files(read: &Read, subject: Uuid) -> Holdings<'_> {
    Box::pin(counted(read, files(read, subject), blobs::Column::BeginMs, ("files", "")))
}

fn erase_files(call: &mut Call, subject: Uuid) -> Done<'_> {
    Box::pin(
        async move { blobs::abandon(call.conn(), call.institution().id, subject).await.map(drop) },
    )
}

fn held_jobs(read: &Read, subject: Uuid) -> Holdings<'_> {
    let rows = jobs::about(read.institution().id, subject);
    Box::pin(counted(read, rows, jobs::table::Column::CreatedAt, ("operations", "")))
}

fn held_in_outbox(read: &Read, subject: Uuid) -> Holdings<'_> {
    let rows = outbox::persons::about(read.institution().id, subject);
    Box::pin(counted(read, rows, outbox::table::Column::CreateMs, ("messages", BODIES)))
}

fn held_in_inbox(read: &Read, subject: Uuid) -> Holdings<'_> {
    let rows = inbox::persons::about(read.institution().id, subject);
    Box::pin(counted(read, rows, inbox::table::Column::ReceiveMs, ("received messages", "")))
}

fn held_disclosures(read: &Read, subject: Uuid) -> Holdings<'_> {
    let rows = disclosures::about(read.institution().id, subject);
    let at = disclosures::table::Column::AtMs;
    Box::pin(counted(read, rows, at, ("disclosures", DISCLOSURES)))
}

fn erase_outbox(call: &mut Call, subject: Uuid) -> Done<'_> {
    Box::pin(
        async move { outbox::persons::erase(call.conn(), call.institution().id, subject).await },
    )
}

/// The sender itself holds what it may not send; with the restriction's end it goes.
fn release_outbox(call: &mut Call, subject: Uuid, restricted: bool) -> Done<'_> {
    Box::pin(async move {
        match restricted {
            true => Ok(()),
            false => outbox::persons::release(call.conn(), call.institution().id, subject).await,
        }
    })
}

fn erase_inbox(call: &mut Call, subject: Uuid) -> Done<'_> {
    Box::pin(async move {
        inbox::persons::erase(call.conn(), call.institution().id, subject, None).await
    })
}
