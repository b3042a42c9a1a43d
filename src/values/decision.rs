//! What rules decide: the next state of a thing, and what shall happen with it.

use hei_proto::Kind;
use hei_proto::hei::common::v1::Purpose;
use hei_proto::hei::node::v1::NoticeKind;
use prost::bytes::Bytes;

use crate::{Code, HeiId, Refused};

/// A decision of the rules, to be saved in the transaction that took it.
#[must_use = "a decision that is not saved did not happen"]
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<S> {
    /// The next state.
    pub to: S,
    /// What follows from it, in the same transaction.
    pub effects: Vec<Effect>,
}

impl<S> Decision<S> {
    /// For a row that another decision of the same call brings with it.
    pub fn follows(to: S) -> Self {
        Self { to, effects: Vec::new() }
    }
}

/// What follows from a decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A message goes to a peer.
    Send(Outgoing),
    /// A message goes to a peer that says what became of a record which it has received.
    Tell(NoticeKind, Outgoing),
    /// Personal data is released to somebody.
    Disclose(Disclosure),
    /// Something to keep as evidence.
    Note(Note),
}

/// A message to a peer, not yet signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// For whom.
    pub to: HeiId,
    /// The kind.
    pub kind: &'static str,
    /// The same message in each version of the kind in which it can be written: it goes in
    /// the newest that the receiver takes.
    pub versions: Vec<Version>,
    /// The resource that it is about.
    pub resource: String,
    /// Messages of one key arrive in order.
    pub order_key: String,
    /// Why the data moves.
    pub purpose: Purpose,
}

/// A message in one version of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The version, from 1.
    pub number: u32,
    /// The encoded message.
    pub payload: Bytes,
}

impl Version {
    fn of<K: Kind>(message: &K) -> Self {
        Self { number: K::VERSION, payload: message.encode_to_vec().into() }
    }
}

impl Outgoing {
    /// A message of a kind about a resource, in order with the others about it.
    pub fn new<K: Kind>(to: HeiId, message: &K, resource: &str, purpose: Purpose) -> Self {
        Self {
            to,
            kind: K::NAME,
            versions: vec![Version::of(message)],
            resource: resource.to_owned(),
            order_key: resource.to_owned(),
            purpose,
        }
    }

    /// The same in another version of its kind, for receivers that do not take the first.
    #[must_use]
    pub fn or<K: Kind>(mut self, other: &K) -> Self {
        debug_assert_eq!(K::NAME, self.kind, "another version of one kind");
        self.versions.push(Version::of(other));
        self
    }
}

/// A release of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// "peers/{domain}".
    pub recipient: String,
    /// The resource.
    pub resource: String,
    /// Why.
    pub purpose: Purpose,
    /// "message" or "read".
    pub channel: &'static str,
}

/// A state change to keep as evidence: who, what, from which state to which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The resource.
    pub resource: String,
    /// The machine's name.
    pub machine: &'static str,
    /// The step.
    pub step: &'static str,
    /// The state before; empty at the beginning.
    pub from: &'static str,
    /// The state after.
    pub to: &'static str,
}

/// A state or a step: it has a name.
pub trait Step: Copy + PartialEq + 'static {
    /// The name, as stored and published.
    fn name(self) -> &'static str;
}

/// A process: its states and the only moves between them. The rules execute the
/// very table that the node publishes.
#[derive(Debug, Clone, Copy)]
pub struct Machine<S: 'static, T: 'static> {
    /// For example "uc6.transcript".
    pub name: &'static str,
    /// The moves: from (`None` at the beginning), step, to.
    pub moves: &'static [(Option<S>, T, S)],
}

/// One move as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The state before; empty at the beginning.
    pub from: &'static str,
    /// The step.
    pub step: &'static str,
    /// The state after.
    pub to: &'static str,
}

impl<S: Step, T: Step> Machine<S, T> {
    /// Takes a step.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/ILLEGAL_TRANSITION if the table has no such move.
    pub fn step(&self, resource: &str, from: Option<S>, step: T) -> Result<(S, Note), Refused> {
        let found = self.moves.iter().find(|(f, t, _)| *f == from && *t == step);
        let before = from.map_or("", S::name);
        let Some((_, _, to)) = found else {
            let told = format!("{resource} cannot {} from state {before:?}", step.name());
            return Err(Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told)
                .with("state", before)
                .with("step", step.name()));
        };
        let note = Note {
            resource: resource.to_owned(),
            machine: self.name,
            step: step.name(),
            from: before,
            to: to.name(),
        };
        Ok((*to, note))
    }

    /// The moves, for publication.
    pub fn published(&self) -> Vec<Move> {
        let text = |(from, step, to): &(Option<S>, T, S)| Move {
            from: from.map_or("", S::name),
            step: step.name(),
            to: to.name(),
        };
        self.moves.iter().map(text).collect()
    }
}
