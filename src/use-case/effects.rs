//! The table of kinds as messaging sees it: which are known, what a message does,
//! what an answer does.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_messaging::{Checked, Effects, Taken};
use hei_proto::hei::messaging::v1::EnvelopeHeader;
use hei_store::{Conn, Failed};
use hei_values::{Code, HeiId, Millis, Principal, Refused, purpose};
use prost::bytes::Bytes;

use crate::{Answered, Call, Node, Read, Received, UseCase};

/// What messages do at this node.
pub struct Kinds {
    node: Arc<Node>,
    received: BTreeMap<(String, u32), Received>,
    answered: BTreeMap<(String, u32), Answered>,
}

impl Kinds {
    /// The kinds of all use cases.
    pub fn new(node: Arc<Node>, use_cases: &[UseCase]) -> Self {
        let received = use_cases.iter().flat_map(|u| u.received.iter().cloned());
        let answered = use_cases.iter().flat_map(|u| u.answered.iter().cloned());
        Self {
            node,
            received: received.map(|r| ((r.kind.to_owned(), r.version), r)).collect(),
            answered: answered.map(|a| ((a.kind.to_owned(), a.version), a)).collect(),
        }
    }

    /// The kinds that use cases take, as the descriptor lists them.
    pub fn listed(use_cases: &[UseCase]) -> Vec<String> {
        let received = use_cases.iter().flat_map(|u| &u.received);
        received.map(|r| format!("{}/{}", r.kind, r.version)).collect()
    }

    fn find(&self, kind: &str, version: u32) -> Result<&Received, Refused> {
        self.received.get(&(kind.to_owned(), version)).ok_or_else(|| {
            let told = format!("this node does not take messages of kind {kind}/{version}");
            Refused::new(Code::Unimplemented, "KIND_UNKNOWN", told).with("kind", kind)
        })
    }

    fn call(&self, conn: Conn, peer: &HeiId, header: &EnvelopeHeader, now: Millis) -> Call {
        let caller = Principal::peer(peer.clone());
        // Whoever has restricted the processing: to receive is to keep (GDPR Art. 18(2)), and
        // the receipt is that of everybody.
        let mut read = Read::of_the_node(conn, self.node.clone(), now, caller);
        read.purpose = purpose::of(header.purpose.as_ref()).ok();
        Call::new(read)
    }
}

impl Effects for Kinds {
    fn knows(&self, kind: &str, version: u32) -> bool {
        self.find(kind, version).is_ok()
    }

    fn check(&self, header: &EnvelopeHeader, payload: &Bytes) -> Result<Checked, Refused> {
        // what moves between nodes carries its purpose in the signed header.
        purpose::of(header.purpose.as_ref())?;
        (self.find(&header.kind, header.version)?.check)(payload)
    }

    fn received(
        &self,
        conn: Conn,
        from: &HeiId,
        header: &EnvelopeHeader,
        checked: Checked,
        now: Millis,
    ) -> BoxFuture<'static, Result<Taken, Failed>> {
        let found = self.find(&header.kind, header.version).cloned();
        let mut call = self.call(conn, from, header, now);
        Box::pin(async move {
            let answer = (found?.take)(&mut call, checked).await?;
            let subject = call.seen().values().flatten().next().copied();
            Ok(Taken { answer, subject })
        })
    }

    fn answered(
        &self,
        conn: Conn,
        to: &HeiId,
        header: &EnvelopeHeader,
        answer: &Bytes,
        now: Millis,
    ) -> BoxFuture<'static, Result<(), Failed>> {
        let found = self.answered.get(&(header.kind.clone(), header.version)).cloned();
        let mut call = self.call(conn, to, header, now);
        let (answer, message_id) = (answer.clone(), header.message_id.clone());
        Box::pin(async move {
            let Some(found) = found else { return Ok(()) };
            call.about(message_id);
            let answer = (found.read)(&answer)?;
            (found.learn)(&mut call, answer).await
        })
    }
}
