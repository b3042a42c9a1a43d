//! Messages as operators and registrars see them.

use hei_proto::hei::messaging::v1::{self, SignedReceipt};
use hei_store::{Conn, Failed};
use hei_values::{Etag, HeiId, Id, Millis, name};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::table;
use super::versions::NEVER;

/// A message in the outbox.
pub type Row = table::Model;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// To be sent, or sent again.
    Queued,
    /// Waits until a cause is gone, and does not age.
    Held,
    /// A receipt that verifies is here.
    Delivered,
    /// Given up.
    Dead,
}

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Held, Self::Delivered, Self::Dead];

    /// As the table has it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// The contract's word for it, as a filter; `None` for no filter.
    pub fn of(state: v1::MessageState) -> Option<Self> {
        match state {
            v1::MessageState::Unspecified => None,
            v1::MessageState::Queued => Some(Self::Queued),
            v1::MessageState::Held => Some(Self::Held),
            v1::MessageState::Delivered => Some(Self::Delivered),
            v1::MessageState::Dead => Some(Self::Dead),
        }
    }

    fn shown(self) -> v1::MessageState {
        match self {
            Self::Queued => v1::MessageState::Queued,
            Self::Held => v1::MessageState::Held,
            Self::Delivered => v1::MessageState::Delivered,
            Self::Dead => v1::MessageState::Dead,
        }
    }
}

/// Which messages a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those for this peer.
    pub peer: Option<HeiId>,
}

impl table::Model {
    /// Where it stands.
    pub fn state(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| state.text() == self.state)
    }

    /// Whether its version is still to be chosen (`outbox::versions`).
    pub(crate) fn is_unwritten(&self) -> bool {
        self.kind_version == 0
    }

    /// The tag of its revision.
    pub fn etag(&self) -> Etag {
        Etag::of(Id(self.id), self.revision)
    }

    /// Its resource name.
    pub fn name(&self) -> String {
        name::of("messages", Id(self.id))
    }

    /// The receipt, where it came.
    pub fn signed_receipt(&self) -> Option<SignedReceipt> {
        let (receipt, signature) = self.receipt.clone().zip(self.receipt_signature.clone())?;
        Some(SignedReceipt { receipt: receipt.into(), signature: signature.into() })
    }

    /// As the contract shows it.
    pub fn shown(&self) -> v1::Message {
        let time = |ms: i64| Millis(ms).to_timestamp();
        let waits = matches!(self.state(), Some(State::Queued | State::Held));
        let timed = (1..NEVER.0).contains(&self.next_attempt_ms);
        v1::Message {
            name: self.name(),
            peer: name::of("peers", &self.peer),
            kind: self.kind.clone(),
            state: self.state().map_or(v1::MessageState::Unspecified, State::shown).into(),
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            create_time: Some(time(self.create_ms)),
            next_attempt_time: (waits && timed).then(|| time(self.next_attempt_ms)),
            deliver_time: self.deliver_ms.map(time),
            last_reason: self.last_reason.clone(),
            last_error: self.last_error.clone(),
            header: self.header.clone().into(),
            signature: self.signature.clone().into(),
            receipt: self.signed_receipt(),
            etag: self.etag().text().to_owned(),
            kind_version: u32::try_from(self.kind_version).unwrap_or(0),
        }
    }
}

/// A message.
///
/// # Errors
/// What the database says.
pub async fn find(conn: &Conn, institution: Uuid, id: Id) -> Result<Option<Row>, Failed> {
    Ok(table::Entity::find_by_id((institution, id.0)).one(conn).await?)
}

/// The messages after an identifier, oldest first.
///
/// # Errors
/// What the database says.
pub async fn page(
    conn: &Conn,
    institution: Uuid,
    filter: &Filter,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Row>, Failed> {
    let mut query = table::Entity::find()
        .filter(table::Column::InstitutionId.eq(institution))
        .order_by_asc(table::Column::Id)
        .limit(limit);
    if let Some(state) = filter.state {
        query = query.filter(table::Column::State.eq(state.text()));
    }
    if let Some(peer) = &filter.peer {
        query = query.filter(table::Column::Peer.eq(peer.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(table::Column::Id.gt(after));
    }
    Ok(query.all(conn).await?)
}
