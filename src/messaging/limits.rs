//! Every maximum of the exchange between nodes, with its reason.

use std::time::Duration;

/// How far a sender's clock may be from ours, either way (reliability.md §2.6).
pub const SKEW_MS_MAX: i64 = 120_000;

/// Beyond half of it an operator should look at the clocks before messages fail.
pub const SKEW_MS_NOTED: i64 = SKEW_MS_MAX / 2;

/// How long the inbox remembers what came: longer than any sender tries (14 days).
pub const INBOX_MS: i64 = 90 * DAY_MS;

/// The life of our descriptor: a partner that could not fetch a newer one for so
/// long must not go on with old keys.
pub const DESCRIPTOR_MS: i64 = 180 * DAY_MS;

/// A descriptor is made anew when less than this is left of it.
pub const DESCRIPTOR_MS_LEFT_MIN: i64 = 120 * DAY_MS;

/// How often a partner's descriptor is asked for again.
pub const REFRESH_MS: i64 = DAY_MS;

/// How often our descriptor and the partners' keys are looked at.
pub const HOUSEKEEPING_MS: i64 = 3_600_000;

/// How often the waiting messages are counted for the metrics.
pub const SHOW_MS: i64 = 5_000;

/// A descriptor as a document: keys and lists, no content.
pub const DESCRIPTOR_BYTES_MAX: usize = 256 * 1024;

/// A header: identifiers, names and a few categories.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;

/// A payload, where the peer's descriptor names no smaller limit; the Deliver
/// method of the contract takes 17 MiB in all.
pub const MESSAGE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The name of that limit in a descriptor.
pub const MESSAGE_BYTES: &str = "message_bytes";

/// Messages to one peer at the same time, each of another order key.
pub const IN_FLIGHT_PER_PEER_MAX: usize = 4;

/// Messages in flight in all: each holds its payload in memory.
pub const IN_FLIGHT_MAX: usize = 32;

/// A call from a silent peer wakes its queue at most so often.
pub const WAKE_MS_MIN: i64 = 5_000;

/// Without anything to do the sender looks again after this: a clock that was set
/// forward must not delay a queue for long.
pub const IDLE: Duration = Duration::from_secs(30);

/// How long a claim of another process on PostgreSQL outlives its attempt.
pub const LEASE_MARGIN_MS: i64 = 10_000;

/// A text of a peer that is kept for people.
pub const TOLD_CHARS_MAX: usize = 300;

pub const DAY_MS: i64 = 86_400_000;
