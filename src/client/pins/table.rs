//! Which key is whose, in memory: what the directory of peers says, ready for a handshake.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use hei_values::HeiId;
use tokio_util::sync::CancellationToken;

use super::SpkiHash;

/// What a key is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A key of this peer, with which we deal.
    Trusted(HeiId),
    /// A key of this peer, with which we do not deal for now.
    Suspended(HeiId),
    /// Nobody's key: never pinned, or its peer was removed.
    Unknown(SpkiHash),
}

/// One TLS key of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedKey {
    /// Whose it is.
    pub peer: HeiId,
    /// The key.
    pub key: SpkiHash,
    /// Whether the peer is suspended.
    pub suspended: bool,
}

/// All pinned keys. The owner replaces them when a peer or the validity of a key
/// changes; whoever is connected under another standing than before is cut off.
pub struct Pins(RwLock<Table>);

struct Table {
    keys: HashMap<SpkiHash, Held>,
    /// Ends the connections of unknown keys, once one of them is pinned.
    strangers: CancellationToken,
}

struct Held {
    peer: HeiId,
    suspended: bool,
    /// Ends the connections that were made under this standing.
    ended: CancellationToken,
}

impl Pins {
    /// No peer yet.
    pub fn new() -> Self {
        let strangers = CancellationToken::new();
        Self(RwLock::new(Table { keys: HashMap::new(), strangers }))
    }

    /// Puts these keys in place of all others. A key that two peers claim stays
    /// with the first: give the older pins first, so that nobody takes a key over.
    pub fn replace(&self, pins: impl IntoIterator<Item = PinnedKey>) {
        let fresh = gather(pins);
        self.0.write().unwrap_or_else(PoisonError::into_inner).put(fresh);
    }

    /// What this key is to us now.
    pub fn standing(&self, key: &SpkiHash) -> Standing {
        self.look_up(key).0
    }

    /// The same, with the token that is cancelled when it changes.
    pub(super) fn look_up(&self, key: &SpkiHash) -> (Standing, CancellationToken) {
        let table = self.read();
        match table.keys.get(key) {
            None => (Standing::Unknown(*key), table.strangers.clone()),
            Some(held) => (held.standing(), held.ended.clone()),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        // A panic elsewhere leaves the table whole: it is changed by `put` alone.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    fn put(&mut self, mut fresh: HashMap<SpkiHash, Held>) {
        let mut stranger_pinned = false;
        for (key, held) in &mut fresh {
            match self.keys.remove(key) {
                Some(old) if old.standing() == held.standing() => held.ended = old.ended,
                Some(old) => old.ended.cancel(),
                None => stranger_pinned = true,
            }
        }
        for (_, gone) in std::mem::replace(&mut self.keys, fresh) {
            gone.ended.cancel();
        }
        if stranger_pinned {
            std::mem::take(&mut self.strangers).cancel();
        }
    }
}

impl Held {
    fn standing(&self) -> Standing {
        match self.suspended {
            true => Standing::Suspended(self.peer.clone()),
            false => Standing::Trusted(self.peer.clone()),
        }
    }
}

fn gather(pins: impl IntoIterator<Item = PinnedKey>) -> HashMap<SpkiHash, Held> {
    let mut keys = HashMap::new();
    for PinnedKey { peer, key, suspended } in pins {
        match keys.entry(key) {
            Entry::Vacant(place) => {
                place.insert(Held { peer, suspended, ended: CancellationToken::new() });
            }
            Entry::Occupied(place) => {
                let first: &Held = place.get();
                if first.peer != peer {
                    tracing::warn!(%key, owner = %first.peer, claimed_by = %peer, "a key is claimed by two peers");
                }
            }
        }
    }
    keys
}
