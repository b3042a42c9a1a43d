//! The partners in memory: what a handshake or a message asks without a query. It
//! is loaded at the start and whenever the table has changed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use hei_client::{PinnedKey, Pins, SpkiHash};
use hei_store::{Conn, Failed};
use hei_values::{HeiId, Millis, Refused};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::{Known, State, known, suspended, table, untrusted};
use crate::descriptor::Pinned;

/// A partner that is active or suspended.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// Whether all exchange rests.
    pub suspended: bool,
    /// What is pinned.
    pub pinned: Pinned,
    revision: i64,
}

/// All partners. A clone is the same book.
#[derive(Clone, Default)]
pub struct PeerBook(Arc<Inner>);

#[derive(Default)]
struct Inner {
    pins: Arc<Pins>,
    peers: RwLock<BTreeMap<HeiId, Arc<Peer>>>,
    /// Two loads at once could end with the older one, and with a partner back that was removed.
    loading: tokio::sync::Mutex<()>,
}

impl PeerBook {
    /// A book without partners, until it is loaded.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of the partners, for handshakes.
    pub fn pins(&self) -> Arc<Pins> {
        self.0.pins.clone()
    }

    /// A partner, active or suspended.
    pub fn peer(&self, peer: &HeiId) -> Option<Arc<Peer>> {
        self.read(|peers| peers.get(peer).cloned())
    }

    /// A partner with whom exchange goes on.
    ///
    /// # Errors
    /// PERMISSION_DENIED/PEER_UNTRUSTED or PEER_SUSPENDED.
    pub fn active(&self, peer: &HeiId) -> Result<Arc<Peer>, Refused> {
        let found = self.peer(peer).ok_or_else(|| untrusted(peer))?;
        match found.suspended {
            true => Err(suspended(peer)),
            false => Ok(found),
        }
    }

    /// The partners with whom exchange goes on.
    pub fn all_active(&self) -> Vec<HeiId> {
        let active = |(name, peer): (&HeiId, &Arc<Peer>)| (!peer.suspended).then(|| name.clone());
        self.read(|peers| peers.iter().filter_map(active).collect())
    }

    /// Loads the table. Connections made under another standing than the new one end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(&self, conn: &Conn, institution: Uuid, now: Millis) -> Result<(), Failed> {
        let _one_at_a_time = self.0.loading.lock().await;
        let known = known::standing(conn, institution).await?;
        let pins = known.iter().flat_map(|one| pins(one, now)).collect::<Vec<_>>();
        let peers = known.into_iter().map(|one| (one.pinned.institution.clone(), peer(one)));
        *self.0.peers.write().unwrap_or_else(PoisonError::into_inner) = peers.collect();
        self.0.pins.replace(pins);
        Ok(())
    }

    /// Loads the table if it has changed; says whether it had.
    ///
    /// # Errors
    /// What the database says.
    pub async fn follow(
        &self,
        conn: &Conn,
        institution: Uuid,
        now: Millis,
    ) -> Result<bool, Failed> {
        let rows: Vec<(String, i64)> = table::Entity::find()
            .select_only()
            .columns([table::Column::Domain, table::Column::Revision])
            .filter(table::Column::InstitutionId.eq(institution))
            .filter(table::Column::State.ne("removed"))
            .into_tuple()
            .all(conn)
            .await?;
        let stored: BTreeMap<String, i64> = rows.into_iter().collect();
        let held = self.revisions();
        if stored.iter().map(|(n, r)| (n.as_str(), r)).eq(held.iter().map(|(n, r)| (n.as_str(), r)))
        {
            return Ok(false);
        }
        self.load(conn, institution, now).await?;
        Ok(true)
    }

    /// Which row of each partner the book has.
    pub(crate) fn revisions(&self) -> BTreeMap<HeiId, i64> {
        self.read(|peers| peers.iter().map(|(n, p)| (n.clone(), p.revision)).collect())
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<HeiId, Arc<Peer>>) -> T) -> T {
        look(&self.0.peers.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn peer(known: Known) -> Arc<Peer> {
    let suspended = known.state() != State::Active;
    Arc::new(Peer { suspended, revision: known.row.revision, pinned: known.pinned })
}

fn pins(known: &Known, now: Millis) -> Vec<PinnedKey> {
    let suspended = known.state() != State::Active;
    let pin = |key: &[u8]| PinnedKey {
        peer: known.pinned.institution.clone(),
        key: SpkiHash::of_spki(key),
        suspended,
    };
    known.pinned.tls_keys(now).map(pin).collect()
}
