//! Every maximum of this crate, with its reason.

use std::time::Duration;

/// How long a process has a job for one step: longer than a transaction may take, and
/// short enough that the work of a process that died does not lie for long.
pub(crate) const LEASE_MS: i64 = 30_000;

/// Jobs that one process works on at the same time. Their steps write: on SQLite they
/// share one writer with the calls of the campus.
pub(crate) const JOBS_MAX: usize = 4;

/// How often a step is begun that fails for a reason which may be gone the next time, or
/// with which the process dies: some eight minutes with the waits between.
pub(crate) const ATTEMPTS_MAX: i32 = 10;

/// The first wait before another try; it doubles.
pub(crate) const AGAIN_MS: i64 = 1_000;

/// The longest wait before another try.
pub(crate) const AGAIN_MS_MAX: i64 = 600_000;

/// Without anything to do the queue is looked at again after this.
pub(crate) const IDLE: Duration = Duration::from_secs(30);

/// Commits come by the hundred a second: the queue is not asked after each of them.
pub(crate) const CALM: Duration = Duration::from_millis(50);

/// Before the queue is asked again where it could not be read, or others took what was due.
pub(crate) const PAUSE: Duration = Duration::from_millis(500);
