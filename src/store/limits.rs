//! The maxima of this crate, each with its reason.

use std::time::Duration;

/// How often a transaction is tried when others are faster. Ten tries with jitter
/// let sixteen writers of one row through; more would hide a hot row.
pub(crate) const ATTEMPTS_MAX: u32 = 10;

/// The longest pause before another try. Without jitter the same transactions
/// meet again and again.
pub(crate) const JITTER_MILLIS_MAX: u64 = 50;

/// How often a transaction is overtaken before it runs alone.
pub(crate) const OVERTAKEN_MAX: u32 = 2;

/// How long one try may take. On SQLite a slow transaction stalls every writer.
pub(crate) const WORK_MAX: Duration = Duration::from_secs(10);

/// How long to wait for a connection: longer than one slow transaction, shorter
/// than the 30 seconds that a caller waits for the head of its answer.
pub(crate) const ACQUIRE_MAX: Duration = Duration::from_secs(15);

/// How long SQLite waits for a lock of another process, such as a backup.
pub(crate) const BUSY_MAX: Duration = Duration::from_secs(5);

/// After this a pooled connection to PostgreSQL is tested before use: firewalls
/// forget idle connections after minutes.
pub(crate) const IDLE_UNTESTED_MAX: Duration = Duration::from_secs(30);

/// How long an answer is kept for a repeated request.
pub(crate) const ANSWER_MILLIS_MAX: i64 = 24 * 60 * 60 * 1000;

/// How long a change is kept in the feed: a harvester that was away for a term comes
/// back without a full load.
pub(crate) const CHANGE_MILLIS_MAX: i64 = 90 * 24 * 60 * 60 * 1000;

/// Changes that get their positions in one transaction. It holds SQLite's only writer.
pub(crate) const POSITIONS_MAX: i64 = 1_000;

/// Changes that one sweep drops, for the same reason.
pub(crate) const SWEPT_MAX: i64 = 10_000;

/// How long commits are gathered before their changes get positions: under load this
/// is one more commit for many, and nobody waits for it but readers of feeds.
pub(crate) const GATHER: Duration = Duration::from_millis(20);

/// After this the feed looks for changes of another process though nothing woke it: a
/// pooler before PostgreSQL may swallow what the processes tell each other.
pub(crate) const UNTOLD_MAX: Duration = Duration::from_secs(5);

/// How long a process is silent after it told the others of its commits: they look at
/// all that is there anyway.
pub(crate) const TELL_PAUSE: Duration = Duration::from_millis(10);

/// How long to wait before connecting again to hear of the others.
pub(crate) const HEAR_AGAIN: Duration = Duration::from_secs(1);

/// One row of a blob. Large enough that rows are few, small enough that a few of them
/// in memory are nothing.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// Chunks that one transaction writes or deletes, 2 MiB. On SQLite all writers wait for
/// one: 200 MiB in one transaction would keep them for seconds, this for some
/// milliseconds.
pub(crate) const CHUNKS_AT_ONCE: usize = 8;

/// How long a blob may stay unfinished before it is swept: whoever writes it takes
/// minutes, and may take it up again after a crash.
pub(crate) const UNFINISHED_MILLIS_MAX: i64 = 24 * 60 * 60 * 1000;
/// How often SQLite is asked to empty its journal after an erasure, and the pause between:
/// each waits for the readers of that moment, whose statements are short.
pub(crate) const JOURNAL_TRIES_MAX: u32 = 5;
/// See `JOURNAL_TRIES_MAX`.
pub(crate) const JOURNAL_PAUSE: Duration = Duration::from_millis(50);
