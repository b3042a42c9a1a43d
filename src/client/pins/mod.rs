//! TLS between nodes (rust-stack.md §13.1): a peer is whoever holds one of the
//! keys of its pinned descriptor; names, issuers and dates of certificates count
//! for nothing, since the descriptor has the dates and the operator the trust.
//!
//! Calling a peer, the handshake itself fails unless the other side has a key of
//! exactly that peer: another peer, trusted as it may be, cannot stand in for it.
//!
//! Called by a peer, the handshake takes every client that proves possession of
//! the key of its certificate, and the stream carries what that key is to us: a
//! [`Standing`]. A suspended or unknown peer is thus told so by the answer to its
//! call (PEER_SUSPENDED, PEER_UNTRUSTED) and not by a broken connection that
//! looks like a network fault. Whoever serves the stream refuses **every** call
//! unless the standing is `Trusted`; there are no anonymous clients.
//!
//! When a standing changes, the connections made under the old one end at once,
//! in both directions; no session is ever resumed, so none comes back.

mod handshake;
mod key;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod verify;

pub use handshake::{Failed, Identity, accept, acceptor, connector, initiate};
pub use key::SpkiHash;
pub use stream::PeerStream;
pub use table::{PinnedKey, Pins, Standing};
