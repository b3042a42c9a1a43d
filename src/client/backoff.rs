//! When to try again somebody who failed (reliability.md §2.6, architecture.md
//! §6). Pure: time and chance are arguments. One state for each host or peer,
//! shared by all its callers, or many queues hammer one patient.

use hei_values::Millis;

const BASE_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const TWO_DAYS_MS: i64 = 2 * DAY_MS;
/// 2^30 seconds are past every cap.
const DOUBLINGS_MAX: u32 = 30;

/// How somebody is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failing: Option<Failing>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Failing {
    first: Millis,
    last: Millis,
    next: Millis,
    failures: u32,
}

impl Backoff {
    /// Nothing is known against them.
    pub fn new() -> Self {
        Self::default()
    }

    /// An attempt failed; `jitter` is a fresh number from 0 to 1. The wait is
    /// between half of it and all (equal jitter): 1 s at first, doubled each
    /// time up to an hour on the first day of failing, six on the second, then a day.
    pub fn on_failure(&mut self, now: Millis, jitter: f64) {
        let (first, failures) = self.failing.as_ref().map_or((now, 0), |f| (f.first, f.failures));
        let doubled = BASE_MS.saturating_mul(1 << failures.min(DOUBLINGS_MAX));
        let wait_ms = equal_jitter(doubled.min(cap_ms(now.since(first))), jitter);
        let failures = failures.saturating_add(1);
        self.failing = Some(Failing { first, last: now, next: now.plus(wait_ms), failures });
    }

    /// An attempt succeeded, or they called us: all is forgotten, the queue goes on at once.
    pub fn on_success(&mut self) {
        self.failing = None;
    }

    /// When to try again; `None` is at once.
    pub fn next_attempt(&self) -> Option<Millis> {
        self.failing.as_ref().map(|f| f.next)
    }

    /// Whether an attempt may be made now. A clock that was set back must not
    /// stop a queue (reliability.md §2.6): if the last failure lies ahead, it may.
    pub fn is_due(&self, now: Millis) -> bool {
        self.failing.as_ref().is_none_or(|f| now >= f.next || now < f.last)
    }

    /// Since when every attempt failed.
    pub fn failing_since(&self) -> Option<Millis> {
        self.failing.as_ref().map(|f| f.first)
    }

    /// How many attempts failed in a row.
    pub fn failures(&self) -> u32 {
        self.failing.as_ref().map_or(0, |f| f.failures)
    }
}

fn cap_ms(failing_for_ms: i64) -> i64 {
    match failing_for_ms {
        ..DAY_MS => HOUR_MS,
        DAY_MS..TWO_DAYS_MS => 6 * HOUR_MS,
        _ => DAY_MS,
    }
}

fn equal_jitter(wait_ms: i64, jitter: f64) -> i64 {
    let half = wait_ms / 2;
    // Under 2^53, so exact; NaN becomes 0 in the cast.
    let chance = (half as f64 * jitter.clamp(0.0, 1.0)) as i64;
    half.saturating_add(chance)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The waits of somebody who never answers, each tried when it is due.
    fn waits(jitter: f64, attempts: usize) -> Vec<i64> {
        let mut state = Backoff::new();
        let mut now = Millis(7);
        let mut seen = Vec::new();
        for _ in 0..attempts {
            state.on_failure(now, jitter);
            let next = state.next_attempt().unwrap();
            seen.push(next.since(now));
            now = next;
        }
        seen
    }

    #[test]
    fn waits_double_from_one_second_to_an_hour_then_six_then_a_day() {
        let seen = waits(1.0, 60);
        assert_eq!(&seen[..5], &[1_000, 2_000, 4_000, 8_000, 16_000]);
        let mut failing_for = 0;
        for wait in &seen {
            let cap = if failing_for < DAY_MS {
                HOUR_MS
            } else if failing_for < TWO_DAYS_MS {
                6 * HOUR_MS
            } else {
                DAY_MS
            };
            assert!(*wait <= cap, "{wait} after {failing_for}");
            failing_for += wait;
        }
        for cap in [HOUR_MS, 6 * HOUR_MS, DAY_MS] {
            assert!(seen.contains(&cap), "{cap}");
        }
    }

    #[test]
    fn jitter_takes_at_most_half_of_a_wait_whatever_number_it_is() {
        assert_eq!(&waits(0.0, 3), &[500, 1_000, 2_000]);
        assert_eq!(&waits(0.5, 2), &[750, 1_500]);
        assert_eq!(&waits(f64::NAN, 1), &[500]);
        assert_eq!(&waits(9.0, 1), &[1_000]);
    }

    #[test]
    fn a_success_wakes_at_once_and_starts_again_from_one_second() {
        let mut state = Backoff::new();
        for _ in 0..9 {
            state.on_failure(Millis(0), 1.0);
        }
        assert!(!state.is_due(Millis(1)));
        assert_eq!((state.failures(), state.failing_since()), (9, Some(Millis(0))));
        state.on_success();
        assert!(state.is_due(Millis(1)));
        assert_eq!((state.next_attempt(), state.failing_since()), (None, None));
        state.on_failure(Millis(1), 1.0);
        assert_eq!(state.next_attempt(), Some(Millis(1_001)));
    }

    #[test]
    fn a_clock_set_back_stops_no_queue() {
        let mut state = Backoff::new();
        state.on_failure(Millis(10_000_000), 1.0);
        assert!(!state.is_due(Millis(10_000_999)));
        assert!(state.is_due(Millis(10_001_000)));
        assert!(state.is_due(Millis(9_000_000)));
    }
}
