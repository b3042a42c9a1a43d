//! Points at which the node can be made to fail, so that tests see what a failure there
//! leaves behind. The node itself has no faults: a point costs it one call.

use crate::Refused;

/// A transaction is about to be committed; if this fails, nothing of it happened.
pub const COMMIT_BEFORE: &str = "store.commit.before";
/// It is on disk; if this fails, whoever asked hears of a failure all the same.
pub const COMMIT_AFTER: &str = "store.commit.after";
/// A peer is about to be called.
pub const SEND_BEFORE: &str = "wire.send.before";
/// A peer has answered; if this fails, its answer is lost.
pub const SEND_AFTER: &str = "wire.send.after";
/// A message has come from a peer.
pub const RECEIVE: &str = "inbox.receive";
/// A document is about to be signed.
pub const SIGN: &str = "keys.sign";

/// All of them.
pub const POINTS: [&str; 6] = [COMMIT_BEFORE, COMMIT_AFTER, SEND_BEFORE, SEND_AFTER, RECEIVE, SIGN];

/// Decides whether a point fails.
pub trait Faults: Send + Sync + 'static {
    /// The node has come to a point.
    ///
    /// # Errors
    /// The failure.
    fn at(&self, point: &'static str) -> Result<(), Refused>;
}

/// Nothing is made to fail.
pub struct NoFaults;

impl Faults for NoFaults {
    fn at(&self, _: &'static str) -> Result<(), Refused> {
        Ok(())
    }
}
