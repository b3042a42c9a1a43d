//! A dead letter goes back into the queue, as it is: same identifier, same bytes.

use hei_evidence::keys::sha256;
use hei_evidence::log::{self, Entry, Happened};
use hei_store::{Conn, Failed};
use hei_values::{Code, HeiId, Id, Millis, Refused, name};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{Row, State, find, table};
use crate::desk::Desk;
use crate::peers;

/// A later message of the same key has arrived: the older one would undo it.
async fn not_overtaken(conn: &Conn, row: &Row) -> Result<(), Failed> {
    let later = table::Entity::find()
        .filter(table::Column::InstitutionId.eq(row.institution_id))
        .filter(table::Column::Peer.eq(&row.peer))
        .filter(table::Column::OrderKey.eq(&row.order_key))
        .filter(table::Column::OrderSeq.gt(row.order_seq))
        .filter(table::Column::State.eq(State::Delivered.text()))
        .one(conn)
        .await?;
    let Some(later) = later else { return Ok(()) };
    let told = format!(
        "{} came later about the same thing and is delivered: {} would undo it",
        later.name(),
        row.name()
    );
    let refused = Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told);
    Err(refused.with("overtaken_by", later.name()).into())
}

/// Puts a dead letter back into the queue.
///
/// # Errors
/// NOT_FOUND; ABORTED/REVISION_CONFLICT; FAILED_PRECONDITION/ILLEGAL_TRANSITION if it
/// is not dead; PERMISSION_DENIED if its peer is not active.
pub async fn replay(
    conn: &Conn,
    desk: &Desk,
    id: Id,
    etag: &str,
    actor: &str,
    now: Millis,
) -> Result<Row, Failed> {
    let own = desk.institution().id;
    let row = find(conn, own, id).await?;
    let row = row.ok_or_else(|| Refused::not_found(&name::of("messages", id)))?;
    if !row.etag().allows(etag)? {
        return Err(Refused::revision_conflict(&row.name()).into());
    }
    if row.state() != Some(State::Dead) {
        let told = format!("{} is {}, and only a dead letter is replayed", row.name(), row.state);
        let refused = Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told);
        return Err(refused.with("state", &row.state).with("step", "replay").into());
    }
    peers::active(conn, desk, &HeiId::read("peer", &row.peer)?).await?;
    not_overtaken(conn, &row).await?;
    let again = table::ActiveModel {
        state: Set(State::Queued.text().to_owned()),
        next_attempt_ms: Set(0),
        failing_ms: Set(None),
        revision: Set(row.revision + 1),
        ..Default::default()
    };
    let changed = table::Entity::update_many()
        .set(again)
        .filter(table::Column::InstitutionId.eq(own))
        .filter(table::Column::Id.eq(row.id))
        .filter(table::Column::Revision.eq(row.revision))
        .exec_with_returning(conn)
        .await?;
    let again = changed.into_iter().next().ok_or(Failed::Conflict)?;
    let entry = Entry {
        message_id: id.to_string(),
        peer: row.peer.clone(),
        kind: format!("{}/{}", row.kind, row.kind_version),
        header_sha256: Some(sha256(&row.header)),
        reason: row.last_reason.clone(),
        actor: actor.to_owned(),
        ..Entry::new(Happened::Replayed, now)
    };
    log::append(conn, own, desk.fresh_id(now)?, &entry).await?;
    Ok(again)
}
