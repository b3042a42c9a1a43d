//! What a scenario has made and seen so far.

use std::sync::Arc;

use hei_proto::hei::common::v1::Change;
use hei_proto::hei::credentials::v1::{ImportedTranscript, Transcript};
use hei_proto::hei::messaging::v1::{DeliverRequest, DeliverResponse};
use hei_proto::hei::node::v1::{Disclosure, Node as Told};
use prost::bytes::Bytes;
use tonic::Streaming;

use crate::check::made;
use crate::clock;
use crate::documents::Course;
use crate::peer::Partner;
use crate::suite::Suite;
use crate::verdict::{Outcome, Stop};
use crate::wire::{Answered, Refusal};

/// The state of one scenario.
pub struct World {
    /// What it shares with others.
    pub suite: Arc<Suite>,
    /// The document that it imports, about a learner and a course of its own.
    pub course: Course,
    /// The record that an import made, as the import told it.
    pub record: Option<ImportedTranscript>,
    /// What an import before that told.
    pub earlier: Option<ImportedTranscript>,
    /// Its revision before the last change.
    pub earlier_etag: Option<String>,
    /// The records of a learner who has several.
    pub records: Vec<String>,
    /// What was read.
    pub read: Option<Transcript>,
    /// What was exported.
    pub exported: Option<Bytes>,
    /// A key of idempotency.
    pub request_id: String,
    /// The messages that the node told of.
    pub messages: Vec<String>,
    /// The names of records on the pages that were read, in their order.
    pub listed: Option<Vec<String>>,
    /// A page token or a cursor.
    pub token: Option<String>,
    /// The changes that were told, in their order.
    pub changes: Vec<Change>,
    /// A call that goes on telling of changes.
    pub watching: Option<Streaming<Bytes>>,
    /// Somebody of whom the node does not know.
    pub stranger: Option<Arc<Partner>>,
    /// What a partner delivered.
    pub envelope: Option<DeliverRequest>,
    /// What the node answered to that.
    pub delivered: Vec<DeliverResponse>,
    /// What the node says it is.
    pub told: Option<Told>,
    /// The disclosures that were told.
    pub disclosures: Option<Vec<Disclosure>>,
    /// The answers of several calls, by what was called.
    pub answers: Vec<(String, Answered<Bytes>)>,
    /// An operation.
    pub operation: Option<String>,
    refusal: Option<Refusal>,
    accepted: bool,
}

impl World {
    /// Nothing has happened yet.
    pub fn new(suite: Arc<Suite>) -> Self {
        let course = Course::new(&suite.node.domain, &clock::fresh());
        Self {
            suite,
            course,
            record: None,
            earlier: None,
            earlier_etag: None,
            records: Vec::new(),
            read: None,
            exported: None,
            request_id: clock::uuid7(clock::now()),
            messages: Vec::new(),
            listed: None,
            token: None,
            changes: Vec::new(),
            watching: None,
            stranger: None,
            envelope: None,
            delivered: Vec::new(),
            told: None,
            disclosures: None,
            answers: Vec::new(),
            operation: None,
            refusal: None,
            accepted: false,
        }
    }

    /// Keeps what a call came to. A refusal that no sentence expects fails the scenario.
    pub fn heard<T>(&mut self, answered: Answered<T>) -> Outcome<Option<T>> {
        self.settled()?;
        self.accepted = answered.is_ok();
        match answered {
            Ok(answer) => Ok(Some(answer)),
            Err(refusal) => {
                self.refusal = Some(refusal);
                Ok(None)
            }
        }
    }

    /// Fails if a call was refused and nobody has asked why.
    pub fn settled(&mut self) -> Outcome {
        self.refusal
            .take()
            .map_or(Ok(()), |refusal| Err(Stop::fail(format!("refused with {refusal}"))))
    }

    /// The refusal that the sentence is about.
    pub fn refused(&mut self) -> Outcome<Refusal> {
        self.refusal.take().ok_or_else(|| Stop::fail("it was not refused"))
    }

    /// Leaves a refusal for a further sentence about it.
    pub fn keep(&mut self, refusal: Refusal) {
        self.answers.push((String::new(), Err(refusal)));
    }

    /// Whether the last call was accepted.
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// The record's name.
    pub fn name(&self) -> Outcome<String> {
        Ok(made(&self.record, "transcript")?.name.clone())
    }
}
