//! The suite's clock: it stands for the clocks of partners, which a node compares with its own.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost_types::Timestamp;
use uuid::Uuid;

/// Milliseconds of UTC.
#[allow(clippy::disallowed_methods)] // The suite is a program of its own; nothing in it is tested by another time.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment as messages carry it.
pub fn timestamp(millis: i64) -> Timestamp {
    let nanos = i32::try_from(millis.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
    Timestamp { seconds: millis.div_euclid(1000), nanos }
}

/// The milliseconds of a moment.
pub fn millis(at: &Timestamp) -> i64 {
    at.seconds.saturating_mul(1000).saturating_add(i64::from(at.nanos) / 1_000_000)
}

/// A UUIDv7 of a moment (RFC 9562 §5.7).
pub fn uuid7(millis: i64) -> String {
    let mut random = [0; 10];
    // Without randomness the identifier repeats, and the node under test says so.
    let _ = aws_lc_rs::rand::fill(&mut random);
    let millis = u64::try_from(millis).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// Eight characters that no other run has.
pub fn fresh() -> String {
    let id: Uuid = uuid7(now()).parse().unwrap_or_default();
    let hex = id.simple().to_string();
    hex.chars().rev().take(10).collect()
}
