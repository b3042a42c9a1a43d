//! Every maximum of what comes in, with its reason. Sizes of requests stand in
//! the contract instead (option `access`), one for each method.

use std::time::Duration;

/// The head of an answer takes no longer: nothing that a caller waits for does
/// more than one transaction, and a slower one only holds a place.
pub const CALL_MS_MAX: u64 = 30_000;

/// Calls at once on one listener. Beyond it the database is the queue, and a
/// quick refusal serves the caller better than a slow answer.
pub const CALLS_MAX: usize = 256;

/// Connections of one listener: about 50 KiB each, far from the limit on open files.
pub const CONNECTIONS_MAX: usize = 1_000;

/// Drain on shutdown: service managers send SIGKILL after 30 s or later.
pub const DRAIN_SECONDS: u64 = 20;

/// TLS handshakes at once: a handshake is the dearest thing that a stranger can ask for.
pub const HANDSHAKES_MAX: usize = 256;

/// A handshake takes two round trips; who needs longer holds a place for nothing.
pub const HANDSHAKE: Duration = Duration::from_secs(5);

/// Calls at once on one connection of a partner's node: one peer can't fill the house.
pub const PEER_STREAMS_MAX: u32 = 100;

/// Calls at once on one connection of a campus system: few connections, many users behind each.
pub const CAMPUS_STREAMS_MAX: u32 = 200;

/// Calls at once on a connection to the ops or public listener.
pub const OTHER_STREAMS_MAX: u32 = 50;

/// An idle connection is asked for a sign of life: firewalls forget silent ones.
pub const KEEPALIVE: Duration = Duration::from_secs(30);

/// Without a sign of life the connection is gone.
pub const KEEPALIVE_ANSWER: Duration = Duration::from_secs(10);

/// A connection gets GOAWAY at this age: callers spread anew over nodes, and
/// certificates are looked at again.
pub const CONNECTION_AGE: Duration = Duration::from_secs(3_600);

/// The public listener answers one small document: no reason to stay longer.
pub const PUBLIC_CONNECTION_AGE: Duration = Duration::from_secs(60);

/// How long a public connection may take to end after its age.
pub const PUBLIC_CONNECTION_GRACE: Duration = Duration::from_secs(10);

/// Headers of a request together. gRPC metadata beyond it is not ours.
pub const HEADER_LIST_BYTES_MAX: u32 = 16 * 1024;

/// Headers of an HTTP/1.1 request by number.
pub const HTTP1_HEADERS_MAX: usize = 64;

/// HTTP/1.1 read buffer; also the longest request head.
pub const HTTP1_BUFFER_BYTES_MAX: usize = 16 * 1024;

/// The head of an HTTP/1.1 request arrives within this time (slow loris).
pub const HTTP1_HEAD: Duration = Duration::from_secs(10);

/// Streams that a client opens and resets before we saw them (CVE-2023-44487).
pub const PENDING_RESETS_MAX: usize = 20;

/// Streams that we reset for a client's faults before the connection ends.
pub const LOCAL_RESETS_MAX: usize = 256;

/// A health or reflection request is a name.
pub const NAME_REQUEST_BYTES_MAX: u32 = 4 * 1024;

/// The text of a refusal. With the details below, and percent-encoding, it stays
/// under the 8 KiB of headers that gRPC's C core accepts.
pub const MESSAGE_BYTES_MAX: usize = 512;

/// The violations of a refusal together; the number of all is told beside them.
pub const VIOLATIONS_BYTES_MAX: usize = 3_400;

/// One text within a refusal's details.
pub const DETAIL_BYTES_MAX: usize = 300;

/// One message of an upload: what a connection holds in memory of it. Four of our own
/// chunks.
pub const UPLOAD_MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// How long an upload may rest between two messages; in all it takes what the line takes.
pub const UPLOAD_PAUSE_MAX: Duration = Duration::from_secs(30);

/// When a caller who found the house full may come again.
pub const OVERLOAD_PAUSE: Duration = Duration::from_secs(1);

/// Recorded values are merged at this pace, or a node that nobody scrapes would keep them all.
pub const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// A pause after a failed accept (no more files, for one), or the loop would spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
