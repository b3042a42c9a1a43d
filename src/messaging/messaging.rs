//! The exchange of messages with the peers, put together: one for the whole process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hei_proto::hei::messaging::v1::SignedDescriptor;
use hei_store::Store;
use hei_values::{Clock, Faults, HeiId, Millis, Refused, faults};
use tokio::sync::Notify;

use crate::descriptor::{self, Described, Pinned};
use crate::desk::Desk;
use crate::effects::Effects;
use crate::sender::Lines;
use crate::settings::Settings;
use crate::wire::Wire;

/// What the composition root gives.
pub struct Parts {
    /// Where messages are signed.
    pub desk: Desk,
    /// The database.
    pub store: Store,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The way to the peers.
    pub wire: Arc<dyn Wire>,
    /// Faults on the way to and from them.
    pub faults: Arc<dyn Faults>,
    /// What messages do.
    pub effects: Arc<dyn Effects>,
    /// `[messaging]`.
    pub settings: Settings,
    /// What the node says of itself.
    pub described: Described,
}

/// The exchange. A clone is the same one.
#[derive(Clone)]
pub struct Messaging(Arc<Inner>);

struct Inner {
    parts: Parts,
    keys: Arc<hei_evidence::keys::Keyring>,
    own: RwLock<SignedDescriptor>,
    lines: Lines,
    refresh_at: Mutex<BTreeMap<HeiId, Millis>>,
    woken: Notify,
}

impl Messaging {
    /// Loads the partners and makes our descriptor, if the last one is not right any more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(parts: Parts) -> Result<Self, Refused> {
        let now = parts.clock.now();
        let keys = parts.desk.keys_shared();
        let institution = parts.desk.institution().clone();
        let own = descriptor::own(&parts.store, &institution, &keys, &parts.described, now).await?;
        parts.desk.book().load(&parts.store.reader(), institution.id, now).await?;
        Ok(Self(Arc::new(Inner {
            parts,
            keys,
            own: RwLock::new(own),
            lines: Lines::default(),
            refresh_at: Mutex::default(),
            woken: Notify::new(),
        })))
    }

    /// Our signed descriptor, as it is now.
    pub fn descriptor(&self) -> SignedDescriptor {
        self.0.own.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where messages are signed.
    pub fn desk(&self) -> &Desk {
        &self.0.parts.desk
    }

    /// A peer called us and its call was good: what failed to reach it is tried again.
    pub fn heard_from(&self, peer: &HeiId) {
        if self.0.lines.heard(peer, self.clock().now()) {
            self.0.woken.notify_one();
        }
    }

    /// A peer says which version its descriptor has: one that is newer than what is
    /// pinned is asked for at once, since the peer may take now what waits for it.
    pub fn heard_of_version(&self, peer: &HeiId, version: u64) {
        let pinned = self.desk().book().peer(peer).map(|peer| peer.pinned.version);
        if pinned.is_some_and(|pinned| pinned < version) {
            self.refreshed(peer, Millis(0));
            self.0.woken.notify_one();
        }
    }

    /// Fetches the descriptor of a node and compares its fingerprint: what is then to
    /// be pinned.
    ///
    /// # Errors
    /// UNAVAILABLE/PEER_UNREACHABLE; what `descriptor::first` refuses.
    pub async fn fetch_descriptor(&self, url: &str, fingerprint: &str) -> Result<Pinned, Refused> {
        self.faults().at(faults::SEND_BEFORE)?;
        let document = self.wire().fetch(url).await?;
        self.faults().at(faults::SEND_AFTER)?;
        let signed = descriptor::from_json(&document)?;
        descriptor::first(&signed, fingerprint, self.clock().now())
    }

    /// Brings the book in line with the table, which ends the connections of those who
    /// are not trusted any more; a partner whose row changed is looked at with fresh
    /// eyes. `run` does this after every commit.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn follow_peers(&self) -> Result<(), Refused> {
        let book = self.desk().book();
        let before = book.revisions();
        let institution = self.desk().institution().id;
        let changed = book.follow(&self.store().reader(), institution, self.clock().now()).await?;
        if !changed {
            return Ok(());
        }
        for (peer, revision) in book.revisions() {
            if before.get(&peer) != Some(&revision) {
                self.0.lines.forget(&peer);
                self.refreshed(&peer, Millis(0));
            }
        }
        self.0.woken.notify_one();
        Ok(())
    }

    pub(crate) async fn renew_own_descriptor(&self, now: Millis) -> Result<(), Refused> {
        let (parts, keys) = (&self.0.parts, &self.0.keys);
        let institution = parts.desk.institution();
        let own = descriptor::own(&parts.store, institution, keys, &parts.described, now).await?;
        *self.0.own.write().unwrap_or_else(PoisonError::into_inner) = own;
        Ok(())
    }

    pub(crate) fn refresh_is_due(&self, peer: &HeiId, now: Millis) -> bool {
        let at = self.0.refresh_at.lock().unwrap_or_else(PoisonError::into_inner);
        at.get(peer).is_none_or(|at| *at <= now)
    }

    pub(crate) fn refreshed(&self, peer: &HeiId, next: Millis) {
        let mut at = self.0.refresh_at.lock().unwrap_or_else(PoisonError::into_inner);
        at.insert(peer.clone(), next);
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.parts.clock.as_ref()
    }

    pub(crate) fn wire(&self) -> &dyn Wire {
        self.0.parts.wire.as_ref()
    }

    pub(crate) fn faults(&self) -> &dyn Faults {
        self.0.parts.faults.as_ref()
    }

    pub(crate) fn effects(&self) -> &dyn Effects {
        self.0.parts.effects.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.0.lines
    }

    pub(crate) async fn woken(&self) {
        self.0.woken.notified().await;
    }
}
