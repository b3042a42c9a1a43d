//! How far apart two clocks may be. Pure. The bounds are closed and the same both
//! ways: now − 120 s ≤ sent ≤ now + 120 s, in whole milliseconds.

use hei_values::{Code, Millis, Refused};

use crate::limits::SKEW_MS_MAX;

/// The sender's clock ahead of ours, in milliseconds; negative if it is behind.
///
/// # Errors
/// UNAUTHENTICATED/CLOCK_SKEW with both times and the allowance.
pub fn check(sent: Millis, now: Millis) -> Result<i64, Refused> {
    let skew_ms = sent.since(now);
    match (-SKEW_MS_MAX..=SKEW_MS_MAX).contains(&skew_ms) {
        true => Ok(skew_ms),
        false => Err(too_far(sent, now)),
    }
}

fn too_far(sent: Millis, now: Millis) -> Refused {
    let (sent, now, allowed) = (sent.to_rfc3339(), now.to_rfc3339(), SKEW_MS_MAX / 1000);
    let told = format!(
        "sent at {sent}, but it is {now} here; {allowed} s are allowed: set the clocks right"
    );
    Refused::new(Code::Unauthenticated, "CLOCK_SKEW", told)
        .with("sent_at", sent)
        .with("now", now)
        .with("allowance_seconds", allowed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
    use prost_types::Timestamp;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        now: String,
        sent_at: String,
        expect: String,
    }

    /// What a client makes of a text; `None` if no instant.
    fn stamp(text: &str) -> Option<Timestamp> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let nanos = i32::try_from(at.nanosecond()).unwrap();
        Some(Timestamp { seconds: at.unix_timestamp(), nanos })
    }

    fn instant(text: &str) -> Option<Millis> {
        Millis::from_timestamp(&stamp(text)?)
    }

    #[test]
    fn the_window_is_that_of_case_x02() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/vectors/cases/X02-skew.json")).unwrap();
        for case in &cases {
            let now = instant(&case.now).unwrap();
            let verdict = instant(&case.sent_at).map(|sent| check(sent, now));
            match (case.expect.as_str(), verdict) {
                ("accept" | "accept if the field is RFC 3339 text", Some(Ok(_))) => {}
                ("refuse or accept, but no panic", _) => {}
                (e, Some(Err(refused))) if e.starts_with("CLOCK_SKEW") => {
                    assert_eq!(refused.reason, "CLOCK_SKEW");
                    assert_eq!(refused.metadata["now"], "2026-03-29T00:59:59Z");
                    assert!(refused.metadata["sent_at"].starts_with("2026-03-29T0"));
                    assert_eq!(refused.metadata["allowance_seconds"], "120");
                    assert!(refused.message.contains(&refused.metadata["sent_at"]));
                }
                (expect, other) => panic!("{} at {}: {expect}, {other:?}", case.sent_at, case.now),
            }
        }
        assert_eq!(cases.len(), 8);
    }

    #[test]
    fn no_instant_however_far_overflows() {
        assert!(check(Millis(i64::MIN), Millis(i64::MAX)).is_err());
        assert!(check(Millis(i64::MAX), Millis(i64::MIN)).is_err());
    }
}
