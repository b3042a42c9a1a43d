//! The queue as the sender works on it: what may go next, and what happens to many
//! messages at once.

use hei_store::{Conn, Failed};
use hei_values::{HeiId, Millis, Refused};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _,
    UpdateMany,
};
use uuid::Uuid;

use super::State;
use super::table::{Column, Entity};
use super::versions::NEVER;
use crate::descriptor::Pinned;

/// Reasons for which everything for a peer waits (architecture.md §6).
pub(crate) const PEER_REASONS: &[&str] = &["PEER_UNTRUSTED", "PEER_SUSPENDED", "CLOCK_SKEW"];
/// Reasons for which one kind waits.
pub(crate) const KIND_REASONS: &[&str] = &["KIND_UNKNOWN", "NO_AGREEMENT"];

/// The first message of an order key, without its content.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) peer: String,
    pub(crate) kind: String,
}

/// A peer with a kind of message that may not go now.
pub(crate) type Blocked = (HeiId, String);

/// Messages that may go now: the first of each order key, to these peers, without
/// those in flight and the blocked kinds. In no order: keys do not wait for each other,
/// and sorting a long queue for a few rows would cost more than all else.
pub(crate) async fn heads(
    conn: &Conn,
    institution: Uuid,
    peers: &[HeiId],
    in_flight: &[Uuid],
    blocked: &[Blocked],
    now: Millis,
    limit: u64,
) -> Result<Vec<Head>, Failed> {
    if peers.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Peer, Column::Kind])
        .filter(waiting(institution))
        .filter(Column::Peer.is_in(peers.iter().map(HeiId::as_str)))
        .filter(Column::NextAttemptMs.lte(now.0))
        .filter(Column::LeaseMs.lte(now.0))
        .filter(Expr::not_exists(earlier_waits()))
        .limit(limit);
    if !in_flight.is_empty() {
        query = query.filter(Column::Id.is_not_in(in_flight.iter().copied()));
    }
    for (peer, kind) in blocked {
        let other = Column::Peer.ne(peer.as_str()).or(Column::Kind.ne(kind));
        query = query.filter(other);
    }
    Ok(query.into_model::<Head>().all(conn).await?)
}

/// A message of the same order key with a lower number that is still to go.
fn earlier_waits() -> sea_orm::sea_query::SelectStatement {
    let earlier = Alias::new("earlier");
    let same = |column: Column| Expr::col((earlier.clone(), column)).equals((Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, earlier.clone())
        .and_where(same(Column::InstitutionId))
        .and_where(same(Column::Peer))
        .and_where(same(Column::OrderKey))
        .and_where(Expr::col((earlier.clone(), Column::State)).is_in(WAITING))
        .and_where(Expr::col((earlier, Column::OrderSeq)).lt(Expr::col((Entity, Column::OrderSeq))))
        .take()
}

const WAITING: [&str; 2] = ["queued", "held"];

fn waiting(institution: Uuid) -> Condition {
    Condition::all().add(Column::InstitutionId.eq(institution)).add(Column::State.is_in(WAITING))
}

/// The next instant at which a message becomes due for a reason of its own.
pub(crate) async fn next_due(
    conn: &Conn,
    institution: Uuid,
    now: Millis,
) -> Result<Option<Millis>, Failed> {
    // A message that somebody has claimed is due when the claim ends.
    let later = |column: Column| {
        let at = Expr::col(column);
        Expr::case(at.clone().gt(now.0), at).finally(Expr::val(None::<i64>)).min()
    };
    let next: Option<(Option<i64>, Option<i64>)> = Entity::find()
        .select_only()
        .column_as(later(Column::NextAttemptMs), "attempt")
        .column_as(later(Column::LeaseMs), "lease")
        .filter(waiting(institution))
        .into_tuple()
        .one(conn)
        .await?;
    let next = next.into_iter().flat_map(|(attempt, lease)| [attempt, lease]).flatten().min();
    Ok(next.map(Millis))
}

/// How many messages wait, by peer.
pub(crate) async fn waiting_by_peer(
    conn: &Conn,
    institution: Uuid,
) -> Result<Vec<(String, i64)>, Failed> {
    let counted = Entity::find()
        .select_only()
        .column(Column::Peer)
        .column_as(Column::Id.count(), "waiting")
        .filter(waiting(institution))
        .group_by(Column::Peer)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(counted)
}

/// Everything queued for a peer, or one kind of it, waits; it does not age.
pub(crate) async fn hold(
    conn: &Conn,
    institution: Uuid,
    peer: &HeiId,
    kind: Option<&str>,
    why: &Refused,
) -> Result<(), Failed> {
    hold_as(conn, institution, peer, kind, why.reason, &why.message).await
}

/// The same with the words of somebody else.
pub(crate) async fn hold_as(
    conn: &Conn,
    institution: Uuid,
    peer: &HeiId,
    kind: Option<&str>,
    reason: &str,
    told: &str,
) -> Result<(), Failed> {
    let mut held = of_peer(institution, peer, State::Queued)
        .col_expr(Column::State, Expr::val(State::Held.text()))
        .col_expr(Column::FailingMs, Expr::val(None::<i64>))
        .col_expr(Column::LastReason, Expr::val(reason))
        .col_expr(Column::LastError, Expr::val(told));
    if let Some(kind) = kind {
        held = held.filter(Column::Kind.eq(kind));
    }
    held.exec(conn).await?;
    Ok(())
}

/// What was held for one of these reasons is queued again.
pub(crate) async fn release(
    conn: &Conn,
    institution: Uuid,
    peer: &HeiId,
    reasons: &[&str],
) -> Result<(), Failed> {
    let held = of_peer(institution, peer, State::Held)
        .col_expr(Column::State, Expr::val(State::Queued.text()))
        .col_expr(Column::NextAttemptMs, Expr::val(0))
        .filter(Column::LastReason.is_in(reasons.iter().copied()));
    held.exec(conn).await?;
    Ok(())
}

/// The peer has a newer descriptor: whatever waits for a time of its own may go at once,
/// and what waits unwritten, if the descriptor lists its kind.
pub(crate) async fn try_now(
    conn: &Conn,
    institution: Uuid,
    peer: &HeiId,
    pinned: &Pinned,
) -> Result<(), Failed> {
    for state in [State::Queued, State::Held] {
        of_peer(institution, peer, state)
            .col_expr(Column::NextAttemptMs, Expr::val(0))
            .filter(Column::NextAttemptMs.gt(0))
            .filter(Column::NextAttemptMs.lt(NEVER.0))
            .exec(conn)
            .await?;
    }
    let kinds: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Kind)
        .distinct()
        .filter(waiting(institution))
        .filter(Column::Peer.eq(peer.as_str()))
        .filter(Column::NextAttemptMs.eq(NEVER.0))
        .into_tuple()
        .all(conn)
        .await?;
    for kind in kinds.iter().filter(|kind| pinned.takes_some(kind)) {
        of_peer(institution, peer, State::Held)
            .col_expr(Column::State, Expr::val(State::Queued.text()))
            .col_expr(Column::NextAttemptMs, Expr::val(0))
            .filter(Column::NextAttemptMs.eq(NEVER.0))
            .filter(Column::Kind.eq(kind))
            .exec(conn)
            .await?;
    }
    Ok(())
}

/// The peer fails: everything queued for it begins to age.
pub(crate) async fn age(
    conn: &Conn,
    institution: Uuid,
    peer: &HeiId,
    now: Millis,
) -> Result<(), Failed> {
    of_peer(institution, peer, State::Queued)
        .col_expr(Column::FailingMs, Expr::val(now.0))
        .filter(Column::FailingMs.is_null())
        .exec(conn)
        .await?;
    Ok(())
}

/// The peer deals with us again: what it held goes on, and what only waited behind
/// others has not failed.
pub(crate) async fn recovered(conn: &Conn, institution: Uuid, peer: &HeiId) -> Result<(), Failed> {
    release(conn, institution, peer, PEER_REASONS).await?;
    of_peer(institution, peer, State::Queued)
        .col_expr(Column::FailingMs, Expr::val(None::<i64>))
        .filter(Column::FailingMs.is_not_null())
        .filter(Column::Attempts.eq(0))
        .exec(conn)
        .await?;
    Ok(())
}

fn of_peer(institution: Uuid, peer: &HeiId, state: State) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::Peer.eq(peer.as_str()))
        .filter(Column::State.eq(state.text()))
}
