//! Every maximum of what goes out, with its reason.

use std::time::Duration;

/// A fetch from name look-up to the last byte (reliability.md §2.4). Whoever
/// waits for it holds a place in the node.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// One address of several must not use up the deadline of all: a host with a
/// dead IPv6 route is still reached by IPv4.
pub const CONNECT: Duration = Duration::from_secs(3);

/// Addresses of one name that are tried.
pub const ADDRESSES_MAX: usize = 3;

/// A fetched document (reliability.md §2.4). Descriptors, key sets and metadata are far smaller.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A URL: what browsers and proxies have agreed on for long.
pub const URL_BYTES_MAX: usize = 2048;

/// A domain name (RFC 1035 §2.3.4).
pub const HOST_BYTES_MAX: usize = 253;

/// The head of an answer: as much as gRPC allows on the way in.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Header lines of an answer.
pub const HEADERS_MAX: usize = 64;
