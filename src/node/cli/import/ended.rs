//! Ctrl-C and SIGTERM, for a command that has something to finish.

use hei_values::Refused;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears of both.
pub struct Told {
    interrupt: Signal,
    term: Signal,
}

impl Told {
    /// From now on neither ends the process by itself.
    ///
    /// # Errors
    /// INTERNAL if the system gives no signals.
    pub fn listen() -> Result<Self, Refused> {
        let broken = |e: std::io::Error| Refused::internal(format!("no signals: {e}"));
        let interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
        let term = signal(SignalKind::terminate()).map_err(broken)?;
        Ok(Self { interrupt, term })
    }

    /// Waits for the next of them.
    pub async fn again(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.term.recv() => {}
        }
    }
}
