//! A message enters the outbox: signed, sealed, numbered and noted as evidence, all
//! in the caller's transaction.

use hei_evidence::disclosures::Basis;
use hei_evidence::keys::sha256;
use hei_evidence::log::{self, Entry, Happened};
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Conn, Failed, subjects};
use hei_values::{Code, Id, Millis, Outgoing, Refused, purpose};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use uuid::Uuid;

use super::{State, counter, table};
use crate::desk::Desk;
use crate::envelope::{self, Signed};
use crate::limits::{MESSAGE_BYTES, MESSAGE_BYTES_MAX};
use crate::peers::{self, Known};

/// Signs a message and puts it into the queue; gives its identifier.
///
/// # Errors
/// PERMISSION_DENIED/PURPOSE_NOT_AGREED without a legal basis, PEER_UNTRUSTED for a
/// peer that is not or not any more trusted; RESOURCE_EXHAUSTED/TOO_LARGE over the
/// peer's limit. A suspended peer is none: the message waits.
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
    let header = header(desk, &message, basis, id, seq, now);
    let signed = envelope::sign(desk.keys(), header, &message.payload)?;
    let payload = match subject {
        Some(subject) => subjects::seal(conn, own.id, subject, &message.payload).await?,
        None => message.payload.to_vec(),
    };
    record(conn, desk, &message, &signed, id, now).await?;
    let row = table::ActiveModel {
        institution_id: Set(own.id),
        id: Set(id.0),
        order_seq: Set(seq),
        create_ms: Set(now.0),
        header: Set(signed.header),
        signature: Set(signed.signature),
        payload: Set(payload),
        subject_id: Set(subject),
        ..fresh(&message, &known)
    };
    table::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(id)
}

/// What a new row has of its message and of how its peer stands.
fn fresh(message: &Outgoing, known: &Known) -> table::ActiveModel {
    let (state, reason, error) = match known.state() {
        peers::State::Active => (State::Queued, "", String::new()),
        _ => {
            let why = peers::suspended(&message.to);
            (State::Held, why.reason, why.message)
        }
    };
    table::ActiveModel {
        peer: Set(message.to.to_string()),
        kind: Set(message.kind.to_owned()),
        kind_version: Set(i32::try_from(message.version).unwrap_or(i32::MAX)),
        order_key: Set(message.order_key.clone()),
        state: Set(state.text().to_owned()),
        attempts: Set(0),
        next_attempt_ms: Set(0),
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

fn fits(message: &Outgoing, known: &Known) -> Result<(), Refused> {
    let limit = known.pinned.limit(MESSAGE_BYTES).unwrap_or(MESSAGE_BYTES_MAX);
    let limit = limit.min(MESSAGE_BYTES_MAX);
    if message.payload.len() as u64 <= limit {
        return Ok(());
    }
    let told = format!(
        "the message has {} bytes, and {} takes at most {limit}: send less at once",
        message.payload.len(),
        message.to
    );
    Err(Refused::new(Code::ResourceExhausted, "TOO_LARGE", told).with("setting", MESSAGE_BYTES))
}

fn header(
    desk: &Desk,
    message: &Outgoing,
    basis: &Basis,
    id: Id,
    seq: i64,
    now: Millis,
) -> EnvelopeHeader {
    EnvelopeHeader {
        kind: message.kind.to_owned(),
        version: message.version,
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

async fn record(
    conn: &Conn,
    desk: &Desk,
    message: &Outgoing,
    signed: &Signed,
    id: Id,
    now: Millis,
) -> Result<(), Failed> {
    let entry = Entry {
        message_id: id.to_string(),
        peer: message.to.to_string(),
        kind: format!("{}/{}", message.kind, message.version),
        header_sha256: Some(sha256(&signed.header)),
        resource: message.resource.clone(),
        purpose: purpose::code(message.purpose),
        ..Entry::new(Happened::Sent, now)
    };
    log::append(conn, desk.institution().id, desk.fresh_id(now)?, &entry).await?;
    Ok(())
}
