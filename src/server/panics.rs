//! A panic's place goes to the log as a line like any other. Its text does not: it
//! may hold what it stumbled over, and that may be about a person.

/// Replaces the standard report on stderr; once, at the start of the process.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
