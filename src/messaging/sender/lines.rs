//! How each peer is doing, shared by all who call it: whether it may be called now,
//! how many calls are under way, which kinds it does not take. In memory: after a
//! restart each peer is tried once and the picture is back. Time is an argument.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hei_client::Backoff;
use hei_values::{HeiId, Millis};
use uuid::Uuid;

use crate::limits::{IN_FLIGHT_PER_PEER_MAX, WAKE_MS_MIN};
use crate::outbox::queue::Blocked;

/// All peers. A clone is the same.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<BTreeMap<HeiId, Line>>>);

/// One peer.
#[derive(Default)]
struct Line {
    whole: Road,
    kinds: BTreeMap<String, Road>,
    in_flight: BTreeMap<Uuid, String>,
}

/// What can fail and recover: a peer, or a kind at a peer.
#[derive(Default)]
struct Road {
    backoff: Backoff,
    last_failure: Option<Millis>,
    /// It failed since it last worked: one call at a time until one succeeds.
    doubtful: bool,
    /// It worked since the start; before that an earlier process may have seen it fail.
    proven: bool,
}

/// A call under way; when it is dropped, the call is over.
pub(crate) struct Ticket {
    lines: Lines,
    pub(crate) peer: HeiId,
    pub(crate) kind: String,
    pub(crate) id: Uuid,
    failures: u32,
}

impl Lines {
    /// Those of `peers` that may be called now.
    pub(super) fn open(&self, peers: Vec<HeiId>, now: Millis) -> Vec<HeiId> {
        let lines = self.lock();
        let free = |peer: &HeiId| lines.get(peer).is_none_or(|line| line.has_room(now));
        peers.into_iter().filter(free).collect()
    }

    /// The kinds that may not go to their peers now.
    pub(super) fn blocked(&self, now: Millis) -> Vec<Blocked> {
        let lines = self.lock();
        let of = |(peer, line): (&HeiId, &Line)| {
            let blocked = line.kinds.keys().filter(|kind| !line.kind_has_room(kind, now));
            blocked.map(|kind| (peer.clone(), kind.clone())).collect::<Vec<_>>()
        };
        lines.iter().flat_map(of).collect()
    }

    /// The messages under way.
    pub(super) fn in_flight(&self) -> Vec<Uuid> {
        self.lock().values().flat_map(|line| line.in_flight.keys().copied()).collect()
    }

    /// Begins a call, if the peer has room for it and nobody else has begun it.
    pub(super) fn begin(&self, peer: &HeiId, kind: &str, id: Uuid, now: Millis) -> Option<Ticket> {
        let mut lines = self.lock();
        let line = lines.entry(peer.clone()).or_default();
        let fits = line.has_room(now) && line.kind_has_room(kind, now);
        if !fits || line.in_flight.contains_key(&id) {
            return None;
        }
        line.in_flight.insert(id, kind.to_owned());
        let failures = line.whole.backoff.failures();
        Some(Ticket {
            lines: self.clone(),
            peer: peer.clone(),
            kind: kind.to_owned(),
            id,
            failures,
        })
    }

    /// A call by the peer itself: if it failed, it is tried again at once, though not
    /// more often than every few seconds. Says whether that changed anything.
    pub(crate) fn heard(&self, peer: &HeiId, now: Millis) -> bool {
        let mut lines = self.lock();
        let Some(line) = lines.get_mut(peer) else { return false };
        let road = &mut line.whole;
        let long_ago = road.last_failure.is_none_or(|at| now.since(at).abs() >= WAKE_MS_MIN);
        let wakes = !road.backoff.is_due(now) && long_ago;
        if wakes {
            road.backoff.on_success();
        }
        wakes
    }

    /// All is forgotten of a peer whose standing or descriptor changed.
    pub(crate) fn forget(&self, peer: &HeiId) {
        if let Some(line) = self.lock().get_mut(peer) {
            line.whole = Road::default();
            line.kinds.clear();
        }
    }

    /// The next instant at which a peer or kind may be tried again.
    pub(super) fn next_due(&self, now: Millis) -> Option<Millis> {
        let lines = self.lock();
        let roads = lines.values().flat_map(|l| l.kinds.values().chain([&l.whole]));
        roads.filter_map(|road| road.backoff.next_attempt()).filter(|next| *next > now).min()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<HeiId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn has_room(&self, now: Millis) -> bool {
        let room = if self.whole.doubtful { 1 } else { IN_FLIGHT_PER_PEER_MAX };
        self.whole.backoff.is_due(now) && self.in_flight.len() < room
    }

    fn kind_has_room(&self, kind: &str, now: Millis) -> bool {
        let Some(road) = self.kinds.get(kind) else { return true };
        let free = !road.doubtful || !self.in_flight.values().any(|other| other == kind);
        road.backoff.is_due(now) && free
    }
}

impl Road {
    fn fail(&mut self, now: Millis, jitter: f64) {
        self.backoff.on_failure(now, jitter);
        self.last_failure = Some(now);
        self.doubtful = true;
    }

    /// Whether it was not known to work.
    fn is_news(&self) -> bool {
        self.doubtful || !self.proven
    }

    fn mend(&mut self) {
        *self = Self { proven: true, ..Self::default() };
    }
}

impl Ticket {
    /// The peer failed. Calls that were under way together count as one failure.
    pub(super) fn peer_failed(&self, now: Millis, jitter: f64) {
        let mut lines = self.lines.lock();
        let line = lines.entry(self.peer.clone()).or_default();
        if line.whole.backoff.failures() <= self.failures {
            line.whole.fail(now, jitter);
        }
    }

    /// The peer answered, but does not take this kind.
    pub(super) fn kind_failed(&self, now: Millis, jitter: f64) {
        let mut lines = self.lines.lock();
        let line = lines.entry(self.peer.clone()).or_default();
        line.kinds.entry(self.kind.clone()).or_default().fail(now, jitter);
    }

    /// Whether an answer of the peer is news: it failed before, or was never asked.
    pub(super) fn is_news(&self) -> bool {
        self.lines.lock().get(&self.peer).is_none_or(|line| line.whole.is_news())
    }

    /// The peer answered, whatever it said of the message.
    pub(super) fn answered(&self) {
        let mut lines = self.lines.lock();
        lines.entry(self.peer.clone()).or_default().whole.mend();
    }

    /// The peer took the message.
    pub(super) fn succeeded(&self) {
        let mut lines = self.lines.lock();
        let line = lines.entry(self.peer.clone()).or_default();
        line.whole.mend();
        line.kinds.entry(self.kind.clone()).or_default().mend();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut lines = self.lines.lock();
        if let Some(line) = lines.get_mut(&self.peer) {
            line.in_flight.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests;
