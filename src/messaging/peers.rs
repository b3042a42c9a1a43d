//! The partners whose nodes we trust: what the operator decided, every descriptor
//! that was ever pinned, and the book in memory that handshakes and messages ask.

mod book;
mod change;
pub mod descriptors;
mod known;
pub mod table;

pub use book::{Peer, PeerBook};
pub(crate) use change::active;
pub use change::{MACHINE, State, Step, pin, remove, renew, resume, suspend};
pub use known::{Known, find, page};

use hei_store::{Conn, Failed};

use hei_values::{Code, HeiId, Refused};

/// Sees by the peer's row that exchange with it goes on: the book may lag behind.
///
/// # Errors
/// PERMISSION_DENIED/PEER_UNTRUSTED or PEER_SUSPENDED.
pub async fn must_be_active(conn: &Conn, desk: &crate::Desk, peer: &HeiId) -> Result<(), Failed> {
    active(conn, desk, peer).await.map(drop)
}

/// A peer that was never added, or was removed.
pub(crate) fn untrusted(peer: &HeiId) -> Refused {
    let told = format!(
        "{peer} is not a trusted partner of this node: its operator adds it with `hei-node peer add`"
    );
    Refused::new(Code::PermissionDenied, "PEER_UNTRUSTED", told).with("peer", peer)
}

/// A peer with whom all exchange rests.
pub(crate) fn suspended(peer: &HeiId) -> Refused {
    let told = format!("exchange with {peer} is suspended: an operator can resume it");
    Refused::new(Code::PermissionDenied, "PEER_SUSPENDED", told).with("peer", peer)
}
