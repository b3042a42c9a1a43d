//! What an operator decides about a partner, in the transaction of the decision:
//! the row, the evidence, and what becomes of the queue. The book follows when it is
//! next loaded; messages look at the row itself.

use hei_evidence::log::{self, Entry, Happened};
use hei_store::{Conn, Failed};
use hei_values::{Code, HeiId, Machine, Millis, Note, Refused, Violation, name};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{Known, descriptors, find, suspended, table, untrusted};
use crate::descriptor::Pinned;
use crate::desk::Desk;
use crate::outbox::queue;

/// How we stand to a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Exchange goes on.
    Active,
    /// Exchange rests.
    Suspended,
    /// Not trusted any more.
    Removed,
}

/// What an operator does with a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Trusts it.
    Add,
    /// Lets all exchange rest.
    Suspend,
    /// Takes it up again.
    Resume,
    /// Trusts it no more.
    Remove,
}

/// The only moves.
pub const MACHINE: Machine<State, Step> = Machine {
    name: "node.peer",
    moves: &[
        (None, Step::Add, State::Active),
        (Some(State::Active), Step::Add, State::Active),
        (Some(State::Removed), Step::Add, State::Active),
        (Some(State::Active), Step::Suspend, State::Suspended),
        (Some(State::Suspended), Step::Resume, State::Active),
        (Some(State::Active), Step::Remove, State::Removed),
        (Some(State::Suspended), Step::Remove, State::Removed),
    ],
};

impl State {
    /// As the table has it.
    pub(crate) fn read(text: &str) -> Self {
        let all = [Self::Active, Self::Suspended, Self::Removed];
        // The table's CHECK allows no other; if it did, nobody would be trusted by it.
        all.into_iter().find(|s| s.text() == text).unwrap_or(Self::Removed)
    }

    fn text(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
        }
    }
}

impl hei_values::Step for State {
    fn name(self) -> &'static str {
        self.text()
    }
}

impl hei_values::Step for Step {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Remove => "remove",
        }
    }
}

/// Trusts a partner whose descriptor was checked against its fingerprint. One that
/// was removed may be added again, with another key too.
///
/// # Errors
/// INVALID_ARGUMENT/BAD_IDENTIFIER for this node itself; ALREADY_EXISTS/ID_CONFLICT
/// while another key is pinned; FAILED_PRECONDITION/ILLEGAL_TRANSITION if suspended.
pub async fn pin(
    conn: &Conn,
    desk: &Desk,
    url: &str,
    pinned: &Pinned,
    actor: &str,
    now: Millis,
) -> Result<Known, Failed> {
    let own = desk.institution();
    if pinned.institution == own.domain {
        return Err(Violation::new("url", "BAD_IDENTIFIER", "that is this node itself").into());
    }
    let before = find(conn, own.id, &pinned.institution).await?;
    let (state, note) = step(&pinned.institution, before.as_ref(), Step::Add)?;
    if let Some(known) = &before {
        not_another(known, pinned)?;
    }
    descriptors::keep(conn, own.id, pinned, now).await?;
    let row = table::ActiveModel {
        institution_id: Set(own.id),
        domain: Set(pinned.institution.to_string()),
        state: Set(state.text().to_owned()),
        fingerprint: Set(pinned.signed.key_id.clone()),
        descriptor_version: Set(descriptors::version_of(pinned)),
        url: Set(url.to_owned()),
        revision: Set(before.as_ref().map_or(1, |known| known.row.revision + 1)),
        create_ms: Set(match &before {
            Some(known) if known.state() == State::Active => known.row.create_ms,
            _ => now.0,
        }),
        update_ms: Set(now.0),
    };
    let row = match before {
        None => table::Entity::insert(row).exec_with_returning(conn).await?,
        Some(known) => replace(conn, &known, row).await?,
    };
    queue::release(conn, own.id, &pinned.institution, queue::PEER_REASONS).await?;
    queue::try_now(conn, own.id, &pinned.institution, pinned).await?;
    record(conn, desk, &pinned.institution, &note, actor, now).await?;
    Ok(Known { row, pinned: pinned.clone() })
}

/// An active partner's key changes by a descriptor that the old key signed, never
/// by adding it once more; and no partner goes back to an older descriptor.
fn not_another(known: &Known, pinned: &Pinned) -> Result<(), Refused> {
    let peer = &pinned.institution;
    let same_key = known.pinned.fingerprint() == pinned.fingerprint();
    if !same_key && known.state() == State::Active {
        let told = format!("{peer} is pinned with another key: remove it first");
        return Err(Refused::new(Code::AlreadyExists, "ID_CONFLICT", told));
    }
    if same_key && known.pinned.version > pinned.version {
        let told = format!("a newer descriptor of {peer} is known");
        return Err(Refused::new(Code::FailedPrecondition, "REPLAYED", told));
    }
    Ok(())
}

/// Pins the descriptor that follows the pinned one.
///
/// # Errors
/// PERMISSION_DENIED if the partner is not active any more.
pub async fn renew(conn: &Conn, desk: &Desk, pinned: &Pinned, now: Millis) -> Result<(), Failed> {
    let own = desk.institution().id;
    let known = active(conn, desk, &pinned.institution).await?;
    if known.pinned.version >= pinned.version {
        return Ok(());
    }
    descriptors::keep(conn, own, pinned, now).await?;
    let row = table::ActiveModel {
        fingerprint: Set(pinned.signed.key_id.clone()),
        descriptor_version: Set(descriptors::version_of(pinned)),
        revision: Set(known.row.revision + 1),
        update_ms: Set(now.0),
        ..Default::default()
    };
    replace(conn, &known, row).await?;
    // It may take a kind now that it did not know before.
    queue::try_now(conn, own, &pinned.institution, pinned).await
}

/// Lets all exchange with a partner rest; what is queued for it waits.
///
/// # Errors
/// NOT_FOUND; ABORTED/REVISION_CONFLICT; FAILED_PRECONDITION/ILLEGAL_TRANSITION.
pub async fn suspend(
    conn: &Conn,
    desk: &Desk,
    peer: &HeiId,
    etag: &str,
    actor: &str,
    now: Millis,
) -> Result<Known, Failed> {
    let known = go(conn, desk, peer, etag, actor, Step::Suspend, now).await?;
    queue::hold(conn, desk.institution().id, peer, None, &suspended(peer)).await?;
    Ok(known)
}

/// Takes the exchange up again.
///
/// # Errors
/// As for `suspend`.
pub async fn resume(
    conn: &Conn,
    desk: &Desk,
    peer: &HeiId,
    etag: &str,
    actor: &str,
    now: Millis,
) -> Result<Known, Failed> {
    let known = go(conn, desk, peer, etag, actor, Step::Resume, now).await?;
    queue::release(conn, desk.institution().id, peer, queue::PEER_REASONS).await?;
    Ok(known)
}

/// Trusts a partner no more; what is queued for it waits, in case it is added again.
///
/// # Errors
/// As for `suspend`.
pub async fn remove(
    conn: &Conn,
    desk: &Desk,
    peer: &HeiId,
    etag: &str,
    actor: &str,
    now: Millis,
) -> Result<Known, Failed> {
    let known = go(conn, desk, peer, etag, actor, Step::Remove, now).await?;
    queue::hold(conn, desk.institution().id, peer, None, &untrusted(peer)).await?;
    Ok(known)
}

/// The partner, if exchange with it goes on, by its row: the book may lag behind.
pub(crate) async fn active(conn: &Conn, desk: &Desk, peer: &HeiId) -> Result<Known, Failed> {
    let known = find(conn, desk.institution().id, peer).await?;
    let known = known.ok_or_else(|| untrusted(peer))?;
    match known.state() {
        State::Active => Ok(known),
        State::Suspended => Err(suspended(peer).into()),
        State::Removed => Err(untrusted(peer).into()),
    }
}

async fn go(
    conn: &Conn,
    desk: &Desk,
    peer: &HeiId,
    etag: &str,
    actor: &str,
    way: Step,
    now: Millis,
) -> Result<Known, Failed> {
    let named = name::of("peers", peer);
    let known = find(conn, desk.institution().id, peer).await?;
    let known = known.ok_or_else(|| Refused::not_found(&named))?;
    if !known.etag().allows(etag)? {
        return Err(Refused::revision_conflict(&named).into());
    }
    let (state, note) = step(peer, Some(&known), way)?;
    let row = table::ActiveModel {
        state: Set(state.text().to_owned()),
        revision: Set(known.row.revision + 1),
        update_ms: Set(now.0),
        ..Default::default()
    };
    let row = replace(conn, &known, row).await?;
    record(conn, desk, peer, &note, actor, now).await?;
    Ok(Known { row, pinned: known.pinned })
}

fn step(peer: &HeiId, known: Option<&Known>, way: Step) -> Result<(State, Note), Refused> {
    MACHINE.step(&name::of("peers", peer), known.map(Known::state), way)
}

async fn replace(
    conn: &Conn,
    known: &Known,
    row: table::ActiveModel,
) -> Result<table::Model, Failed> {
    let changed = table::Entity::update_many()
        .set(row)
        .filter(table::Column::InstitutionId.eq(known.row.institution_id))
        .filter(table::Column::Domain.eq(&known.row.domain))
        .filter(table::Column::Revision.eq(known.row.revision))
        .exec_with_returning(conn)
        .await?;
    changed.into_iter().next().ok_or(Failed::Conflict)
}

async fn record(
    conn: &Conn,
    desk: &Desk,
    peer: &HeiId,
    note: &Note,
    actor: &str,
    now: Millis,
) -> Result<(), Failed> {
    let entry = Entry {
        happened: Happened::Peer,
        peer: peer.to_string(),
        ..Entry::changed(note, actor, now)
    };
    log::append(conn, desk.institution().id, desk.fresh_id(now)?, &entry).await?;
    Ok(())
}
