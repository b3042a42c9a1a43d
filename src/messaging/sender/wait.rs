//! How long one message waits that its peer, else well, fails on. Pure; the schedule
//! is that of the peer's own back-off.

use hei_client::Backoff;
use hei_values::Millis;

/// Doublings beyond this change nothing any more.
const COUNTED_MAX: i32 = 40;
/// No message is tried more often, whatever its history.
const WAIT_MS_MIN: i64 = 1_000;

/// When to try a message again that failed `failures` times, first at `since`.
pub(super) fn next_attempt(since: Millis, failures: i32, now: Millis, jitter: f64) -> Millis {
    let mut backoff = Backoff::new();
    backoff.on_failure(since.min(now), jitter);
    for _ in 1..failures.min(COUNTED_MAX) {
        backoff.on_failure(now, jitter);
    }
    backoff.next_attempt().unwrap_or(now).max(now.plus(WAIT_MS_MIN))
}

/// A number from 0 to 1; without randomness it is the middle, and still right.
pub(super) fn jitter() -> f64 {
    let mut random = [0; 4];
    match aws_lc_rs::rand::fill(&mut random) {
        Ok(()) => f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn a_messages_own_wait_doubles_to_an_hour_then_six_then_a_day() {
        let wait = |failures, failing_for: i64| {
            let now = Millis(failing_for);
            next_attempt(Millis(0), failures, now, 1.0).since(now)
        };
        assert_eq!(wait(1, 0), 1_000);
        assert_eq!(wait(2, 1_000), 2_000);
        assert_eq!(wait(5, 60_000), 16_000);
        assert_eq!(wait(30, DAY_MS / 2), 3_600_000);
        assert_eq!(wait(40, DAY_MS + 1), 6 * 3_600_000);
        assert_eq!(wait(400, 3 * DAY_MS), DAY_MS);
    }
}
