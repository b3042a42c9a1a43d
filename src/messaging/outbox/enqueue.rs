//! A message enters the outbox: signed, sealed, numbered and noted as evidence, all
//! in the caller's transaction.

use hei_evidence::disclosures::Basis;
use hei_evidence::keys::sha256;
use hei_evidence::log::{self, Entry, Happened};
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Conn, Failed, subjects};
use hei_values::{Code, Id, Millis, Outgoing, Refused, Version, purpose};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use uuid::Uuid;

use super::{State, counter, table, versions};
use crate::desk::Desk;
use crate::envelope::{self, Signed};
use crate::limits::{MESSAGE_BYTES, MESSAGE_BYTES_MAX};
use crate::peers::{self, Known};

/// Signs a message and puts it into the queue; gives its identifier.
///
/// # Errors
/// PERMISSION_DENIED/PURPOSE_NOT_AGREED without a legal basis, PEER_UNTRUSTED for a
/// peer that is not or not any more trusted; RESOURCE_EXHAUSTED/TOO_LARGE over the
/// peer's limit. A suspended peer is none, nor is one that does not know the kind: the
/// message waits.
pub async fn enqueue(
    conn: &Conn,
    desk: &Desk,
    message: Outgoing,
    subject: Option<Uuid>,
    now: Millis,
) -> Result<Id, Failed> {
    let own = desk.institution();
    let basis = desk.purposes().of(message.purpose)?;
    let known = peers::find(conn, own.id, &message.to).await?;
    let known = known.filter(|known| known.state() != peers::State::Removed);
    let known = known.ok_or_else(|| peers::untrusted(&message.to))?;
    fits(&message, &known)?;
    let id = desk.fresh_id(now)?;
    let seq = counter::next(conn, own.id, message.to.as_str(), &message.order_key).await?;
    let version = versions::newest(message.kind, &message.versions, &known.pinned);
    let header = header(desk, &message, version, basis, id, seq, now);
    let letter = match version {
        Some(version) => written(conn, desk, &message, header, version, now).await?,
        None => Letter {
            signed: Signed { header: header.encode_to_vec(), signature: Vec::new() },
            payload: versions::keep(&message),
            version: 0,
        },
    };
    let payload = match subject {
        Some(subject) => subjects::seal(conn, own.id, subject, &letter.payload).await?,
        None => letter.payload.to_vec(),
    };
    let row = table::ActiveModel {
        institution_id: Set(own.id),
        id: Set(id.0),
        kind_version: Set(i32::try_from(letter.version).unwrap_or(i32::MAX)),
        order_seq: Set(seq),
        create_ms: Set(now.0),
        header: Set(letter.signed.header),
        signature: Set(letter.signed.signature),
        payload: Set(payload),
        subject_id: Set(subject),
        ..fresh(&message, &known, version.is_some())
    };
    table::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(id)
}

/// A message as the outbox keeps it.
struct Letter {
    signed: Signed,
    payload: Bytes,
    version: u32,
}

async fn written(
    conn: &Conn,
    desk: &Desk,
    message: &Outgoing,
    header: EnvelopeHeader,
    version: &Version,
    now: Millis,
) -> Result<Letter, Failed> {
    let signed = envelope::sign(desk.keys(), header.clone(), &version.payload)?;
    record(conn, desk, &header, &message.resource, &signed, now).await?;
    Ok(Letter { signed, payload: version.payload.clone(), version: version.number })
}

/// What a new row has of its message and of how its peer stands.
fn fresh(message: &Outgoing, known: &Known, written: bool) -> table::ActiveModel {
    let held = match known.state() {
        _ if !written => Some((versions::unknown(&message.to, message.kind), versions::NEVER)),
        peers::State::Active => None,
        _ => Some((peers::suspended(&message.to), Millis(0))),
    };
    let (state, next) = match &held {
        None => (State::Queued, Millis(0)),
        Some((_, next)) => (State::Held, *next),
    };
    let (reason, error) = held.map(|(why, _)| (why.reason, why.message)).unwrap_or_default();
    table::ActiveModel {
        peer: Set(message.to.to_string()),
        kind: Set(message.kind.to_owned()),
        order_key: Set(message.order_key.clone()),
        state: Set(state.text().to_owned()),
        attempts: Set(0),
        next_attempt_ms: Set(next.0),
        failing_ms: Set(None),
        deliver_ms: Set(None),
        last_reason: Set(reason.to_owned()),
        last_error: Set(error),
        receipt: Set(None),
        receipt_signature: Set(None),
        lease_ms: Set(0),
        revision: Set(1),
        ..Default::default()
    }
}

/// In whichever version it will go.
fn fits(message: &Outgoing, known: &Known) -> Result<(), Refused> {
    let limit = known.pinned.limit(MESSAGE_BYTES).unwrap_or(MESSAGE_BYTES_MAX);
    let limit = limit.min(MESSAGE_BYTES_MAX);
    let largest = message.versions.iter().map(|version| version.payload.len() as u64).max();
    let largest = largest.unwrap_or(0);
    if largest <= limit {
        return Ok(());
    }
    let told = format!(
        "the message has {largest} bytes, and {} takes at most {limit}: send less at once",
        message.to
    );
    Err(Refused::new(Code::ResourceExhausted, "TOO_LARGE", told).with("setting", MESSAGE_BYTES))
}

fn header(
    desk: &Desk,
    message: &Outgoing,
    version: Option<&Version>,
    basis: &Basis,
    id: Id,
    seq: i64,
    now: Millis,
) -> EnvelopeHeader {
    EnvelopeHeader {
        kind: message.kind.to_owned(),
        version: version.map_or(0, |version| version.number),
        message_id: id.to_string(),
        sender: desk.institution().domain.to_string(),
        audience: message.to.to_string(),
        create_time: Some(now.to_timestamp()),
        purpose: Some(purpose::coded(message.purpose)),
        legal_basis: basis.legal_basis.clone(),
        data_categories: basis.data_categories.clone(),
        order_key: message.order_key.clone(),
        order_seq: u64::try_from(seq).unwrap_or(0),
        ..EnvelopeHeader::default()
    }
}

/// What was signed to be sent.
pub(super) async fn record(
    conn: &Conn,
    desk: &Desk,
    header: &EnvelopeHeader,
    resource: &str,
    signed: &Signed,
    now: Millis,
) -> Result<(), Failed> {
    let entry = Entry {
        message_id: header.message_id.clone(),
        peer: header.audience.clone(),
        kind: format!("{}/{}", header.kind, header.version),
        header_sha256: Some(sha256(&signed.header)),
        resource: resource.to_owned(),
        purpose: header.purpose.as_ref().map(|coded| coded.code.clone()).unwrap_or_default(),
        ..Entry::new(Happened::Sent, now)
    };
    log::append(conn, desk.institution().id, desk.fresh_id(now)?, &entry).await?;
    Ok(())
}
