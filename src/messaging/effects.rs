//! What messages do, as seen from here: somebody else knows.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Conn, Failed};
use hei_values::{HeiId, Millis, Refused};
use prost::bytes::Bytes;
use uuid::Uuid;

/// What a check made of a payload, for the effect to use.
pub type Checked = Arc<dyn Any + Send + Sync>;

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The immediate answer's bytes.
    pub answer: Bytes,
    /// The person that the answer is about: it is kept under that person's key.
    pub subject: Option<Uuid>,
}

/// The effects of messages, implemented over the table of kinds.
pub trait Effects: Send + Sync + 'static {
    /// Whether messages of this kind are taken.
    fn knows(&self, kind: &str, version: u32) -> bool;

    /// Looks at a message before its transaction.
    ///
    /// # Errors
    /// What the kind's own rules refuse.
    fn check(&self, header: &EnvelopeHeader, payload: &Bytes) -> Result<Checked, Refused>;

    /// Does what the message says, in the transaction that takes it. It may run
    /// again after a conflict, so it has no effect but its rows.
    fn received(
        &self,
        conn: Conn,
        from: &HeiId,
        header: &EnvelopeHeader,
        checked: Checked,
        now: Millis,
    ) -> BoxFuture<'static, Result<Taken, Failed>>;

    /// Learns what a peer answered, in the transaction that stores the receipt.
    fn answered(
        &self,
        conn: Conn,
        to: &HeiId,
        header: &EnvelopeHeader,
        answer: &Bytes,
        now: Millis,
    ) -> BoxFuture<'static, Result<(), Failed>>;
}
