//! A clock that goes like the machine's, and is ahead of it by as much as it is told.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hei_values::{Clock, Millis};

/// How far ahead it is from the start, in milliseconds: a node that was killed must not
/// find itself in its own past.
const AHEAD: &str = "HEI_LAB_AHEAD_MS";

type Wake = Box<dyn Fn() + Send + Sync>;

/// The clock.
pub struct SetClock {
    machine: Arc<dyn Clock>,
    ahead_ms: AtomicI64,
    wakes: Mutex<Vec<Wake>>,
}

impl SetClock {
    /// One over the machine's.
    pub fn new(machine: Arc<dyn Clock>) -> Self {
        let ahead = std::env::var(AHEAD).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        Self { machine, ahead_ms: AtomicI64::new(ahead), wakes: Mutex::default() }
    }

    /// Sets it to an instant.
    pub fn set(&self, at: Millis) {
        self.ahead_ms.store(at.since(self.machine.now()), Ordering::SeqCst);
        self.wake();
    }

    /// Sets it on by some time.
    pub fn advance(&self, millis: i64) {
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        for wake in self.wakes.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            wake();
        }
    }
}

impl Clock for SetClock {
    fn now(&self) -> Millis {
        self.machine.now().plus(self.ahead_ms.load(Ordering::SeqCst))
    }

    fn when_set(&self, wake: Wake) {
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner).push(wake);
    }
}
