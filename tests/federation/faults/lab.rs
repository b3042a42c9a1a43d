//! Two nodes in the laboratory, one of which is struck once: what was struck is looked
//! at, and everything is asked for again until it is done.

use std::time::{Duration, Instant};

use hei_proto::Rpc;
use hei_proto::hei::messaging::v1::{GetMessageRequest, Message, MessageState};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::lab::{Blow, LabNode};
use hei_testkit::tables::Tables;
use hei_values::faults::{COMMIT_AFTER, COMMIT_BEFORE, SIGN};

use super::consistent;
use crate::alliance::{PATIENCE, Place, befriend};
use crate::partner;

/// Beyond every back-off of a few failures, and beyond every claim of a dead process.
const A_WHILE_MS: i64 = 60_000;
/// A process that was struck dead.
pub const CRASH: &str = "a crash";

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Alpha,
    Beta,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Alpha, Self::Beta];

    /// Whose domain it is.
    pub fn domain(self) -> &'static str {
        match self {
            Self::Alpha => "alpha.example",
            Self::Beta => "beta.example",
        }
    }

    /// The one at the other end.
    pub fn other(self) -> Self {
        match self {
            Self::Alpha => Self::Beta,
            Self::Beta => Self::Alpha,
        }
    }
}

/// As whom a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The student information system.
    Campus,
    /// The other node.
    Partner,
}

/// The two nodes.
pub struct Lab {
    nodes: [LabNode; 2],
    tables: [Tables; 2],
    victim: Side,
    struck: Option<String>,
    requests: u32,
}

impl Lab {
    /// Two running nodes that trust each other.
    pub async fn new(place: &Place) -> Self {
        let mut alpha = place.lab_node(Side::Alpha.domain()).await;
        let mut beta = place.lab_node(Side::Beta.domain()).await;
        for node in [&alpha, &beta] {
            node.write_config(&[&alpha, &beta]);
        }
        alpha.start();
        beta.start();
        befriend(&alpha, &beta).await;
        let tables = [
            Tables::open(&alpha.database_to_read()).await,
            Tables::open(&beta.database_to_read()).await,
        ];
        Self { nodes: [alpha, beta], tables, victim: Side::Alpha, struck: None, requests: 0 }
    }

    /// One of the nodes.
    pub fn node(&self, side: Side) -> &LabNode {
        &self.nodes[side as usize]
    }

    /// Its tables.
    pub fn tables(&self, side: Side) -> &Tables {
        &self.tables[side as usize]
    }

    /// From now on the n-th point of the victim is struck.
    pub fn strike(&mut self, victim: Side, blow: Blow, n: u64) {
        (self.victim, self.struck) = (victim, None);
        self.node(victim).strike(blow, n);
    }

    /// Looks for a last time; says where the blow fell, if it did.
    pub async fn end(&mut self) -> Option<String> {
        self.tend().await;
        self.node(self.victim).clear();
        self.struck.take()
    }

    /// Time goes on for both.
    pub fn advance(&mut self, millis: i64) {
        self.nodes.iter_mut().for_each(|node| node.advance(millis));
    }

    /// A number that no request has had.
    pub fn fresh_request_id(&mut self) -> String {
        self.requests += 1;
        format!("00000000-0000-4000-8000-{:012}", self.requests)
    }

    /// Calls, and calls again with the same words if the blow fell meanwhile: the second
    /// call succeeds, a refusal has changed nothing, and a lost answer changes nothing more.
    pub async fn insist<R: Rpc + Clone>(
        &mut self,
        side: Side,
        caller: Caller,
        request: R,
    ) -> R::Answer {
        let before = consistent::rows(self.tables(side)).await;
        let refusal = match self.call(side, caller, request.clone()).await {
            Ok(answer) => return answer,
            Err(refusal) => refusal,
        };
        self.tend().await;
        let struck = self.struck.clone().unwrap_or_else(|| panic!("{refusal:?}"));
        let after = consistent::rows(self.tables(side)).await;
        if [COMMIT_BEFORE, SIGN].contains(&struck.as_str()) {
            assert_eq!(after, before, "{struck}: a part is there of what was refused");
        }
        let again = self.call(side, caller, request).await;
        let again = again.unwrap_or_else(|e| panic!("{struck}, and the repeat fails: {e:?}"));
        if struck == COMMIT_AFTER && caller == Caller::Campus {
            let repeated = consistent::rows(self.tables(side)).await;
            assert_eq!(repeated, after, "{struck}: the repeat did it again");
        }
        again
    }

    async fn call<R: Rpc>(
        &self,
        side: Side,
        caller: Caller,
        request: R,
    ) -> Result<R::Answer, Refusal> {
        self.client(side, caller).await.call(request).await
    }

    async fn client(&self, side: Side, caller: Caller) -> Client {
        match caller {
            Caller::Campus => self.node(side).campus("sis").await,
            Caller::Partner => partner::calling(self.node(side.other()), self.node(side)),
        }
    }

    /// Waits for the receipt of a message.
    pub async fn delivered(&mut self, side: Side, name: &str) -> Message {
        let (began, mut patient_until) = (Instant::now(), Duration::from_secs(2));
        loop {
            let request = GetMessageRequest { name: name.to_owned() };
            let told = match self.call(side, Caller::Campus, request).await {
                Ok(message) if message.state() == MessageState::Delivered => return message,
                told => told,
            };
            self.tend().await;
            if began.elapsed() > patient_until {
                self.advance(A_WHILE_MS);
                patient_until += Duration::from_secs(2);
            }
            assert!(began.elapsed() < PATIENCE, "{name} never arrived: {told:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Looks after the victim. When it has been struck, both nodes must be in order as
    /// they are; then the dead are started again, and time goes on.
    async fn tend(&mut self) {
        if self.struck.is_some() {
            return;
        }
        let struck = match self.node(self.victim).seen() {
            Some(seen) => seen.hit,
            None => Some(CRASH.to_owned()),
        };
        if struck.is_none() {
            return;
        }
        self.struck = struck;
        self.must_be_consistent().await;
        if self.struck.as_deref() == Some(CRASH) {
            self.nodes[self.victim as usize].restart();
        }
        self.advance(A_WHILE_MS);
    }

    /// Nothing is by halves at either.
    pub async fn must_be_consistent(&self) {
        for side in Side::BOTH {
            consistent::must_be(side.domain(), self.tables(side)).await;
        }
    }

    /// All that either sent is taken by the other, once, and nothing waits.
    pub async fn must_be_done(&self) {
        self.must_be_consistent().await;
        for side in Side::BOTH {
            consistent::must_be_done(side.domain(), self.tables(side)).await;
            let sent = consistent::sent(self.tables(side)).await;
            let taken = consistent::taken(self.tables(side.other())).await;
            assert_eq!(sent, taken, "what {} sent and the other took", side.domain());
        }
    }
}
