//! Organisational: a transcript is its issuer's. The issuer's node imports, changes
//! and sends it; the receiver keeps what the issuer said and changes nothing.

use hei_values::{Decision, Disclosure, Effect, HeiId, Machine, NoticeKind, Outgoing, Step};

use super::standing;
pub use super::standing::Standing;
use crate::refusal::Refusal;

/// How a record stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It came in as a file on this campus.
    Imported,
    /// Its issuer sent it.
    Received,
    /// It is gone.
    Erased,
}

/// What can happen to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Import,
    Revise,
    Receive,
    /// The issuer sent it again, with other content.
    Correct,
    Send,
    Erase,
}

impl Step for State {
    fn name(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Received => "received",
            Self::Erased => "erased",
        }
    }
}

impl Step for Action {
    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Revise => "revise",
            Self::Receive => "receive",
            Self::Correct => "correct",
            Self::Send => "send",
            Self::Erase => "erase",
        }
    }
}

impl State {
    /// Reads the stored name. What is erased is stored nowhere.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Imported, Self::Received].into_iter().find(|s| s.name() == name)
    }
}

/// The life of a record.
pub const MACHINE: Machine<State, Action> = Machine {
    name: "uc6.transcript",
    moves: &[
        (None, Action::Import, State::Imported),
        (Some(State::Imported), Action::Revise, State::Imported),
        (Some(State::Imported), Action::Send, State::Imported),
        (None, Action::Receive, State::Received),
        (Some(State::Imported), Action::Receive, State::Received),
        (Some(State::Received), Action::Correct, State::Received),
        (Some(State::Imported), Action::Erase, State::Erased),
        (Some(State::Received), Action::Erase, State::Erased),
    ],
};

/// How a record that was sent stands at its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is on its way.
    Sent,
    /// The recipient has it and signed for it.
    Taken,
}

/// What can happen on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    Send,
    Take,
}

impl Step for Delivery {
    fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Taken => "taken",
        }
    }
}

impl Step for Passage {
    fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Take => "take",
        }
    }
}

impl Delivery {
    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sent, Self::Taken].into_iter().find(|s| s.name() == name)
    }
}

/// The way of a record to one recipient.
pub const DELIVERY: Machine<Delivery, Passage> = Machine {
    name: "uc6.transcript-delivery",
    moves: &[
        (None, Passage::Send, Delivery::Sent),
        (Some(Delivery::Sent), Passage::Take, Delivery::Taken),
        (Some(Delivery::Taken), Passage::Take, Delivery::Taken),
    ],
};

/// What the rules need to know of a record.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its resource name.
    pub name: &'a str,
    /// How it stands here; `None` before it is here.
    pub state: Option<State>,
    /// The issuer, as its identifiers say.
    pub issuer: &'a str,
}

/// A document of this campus brings a record that is new or has changed.
///
/// # Errors
/// NOT_DATA_OWNER if the issuer itself sent the record that is here.
pub fn import(it: &Facts<'_>) -> Result<Decision<State>, Refusal> {
    if it.state == Some(State::Received) {
        let (name, issuer) = (it.name.to_owned(), it.issuer.to_owned());
        return Err(Refusal::ChangedByIssuerOnly { name, issuer });
    }
    let action = it.state.map_or(Action::Import, |_| Action::Revise);
    moved(it, action, Vec::new())
}

/// A record goes, with what belongs to it.
///
/// # Errors
/// ILLEGAL_TRANSITION if it is gone.
pub fn erase(it: &Facts<'_>) -> Result<Decision<State>, Refusal> {
    moved(it, Action::Erase, Vec::new())
}

/// A peer brings a record.
///
/// # Errors
/// NOT_DATA_OWNER unless the sender is the issuer (UC6, X-12).
pub fn receive(it: &Facts<'_>, sender: &HeiId) -> Result<Decision<State>, Refusal> {
    from_issuer(it.issuer, sender)?;
    let action = match it.state {
        Some(State::Received) => Action::Correct,
        _ => Action::Receive,
    };
    moved(it, action, Vec::new())
}

/// A transcript comes from its issuer, also one that is here already.
///
/// # Errors
/// NOT_DATA_OWNER for any other sender.
pub fn from_issuer(issuer: &str, sender: &HeiId) -> Result<(), Refusal> {
    match issuer == sender.as_str() {
        true => Ok(()),
        false => {
            let issuer = issuer.to_owned();
            Err(Refusal::NotSendersTranscript { issuer, sender: sender.clone() })
        }
    }
}

/// A record goes to a peer. To one that has an earlier revision it is a correction.
///
/// # Errors
/// NOT_DATA_OWNER unless this institution is the issuer; ILLEGAL_TRANSITION for one that
/// does not stand any more.
pub fn send(
    it: &Facts<'_>,
    stands: Standing,
    own: &HeiId,
    corrects: bool,
    message: Outgoing,
) -> Result<Decision<State>, Refusal> {
    must_be_own(it, own)?;
    standing::must_be_current(it.name, stands)?;
    let release = Disclosure {
        recipient: hei_values::name::of("peers", &message.to),
        resource: message.resource.clone(),
        purpose: message.purpose,
        channel: "message",
    };
    let goes = match corrects {
        true => Effect::Tell(NoticeKind::Correction, message),
        false => Effect::Send(message),
    };
    moved(it, Action::Send, vec![Effect::Disclose(release), goes])
}

/// Only the issuer acts on a record towards others.
///
/// # Errors
/// NOT_DATA_OWNER.
pub fn must_be_own(it: &Facts<'_>, own: &HeiId) -> Result<(), Refusal> {
    match it.issuer == own.as_str() {
        true => Ok(()),
        false => {
            let (name, issuer) = (it.name.to_owned(), it.issuer.to_owned());
            Err(Refusal::NotOwnTranscript { name, issuer, own: own.clone() })
        }
    }
}

fn moved(
    it: &Facts<'_>,
    action: Action,
    mut effects: Vec<Effect>,
) -> Result<Decision<State>, Refusal> {
    let (to, note) = MACHINE.step(it.name, it.state, action)?;
    effects.push(Effect::Note(note));
    Ok(Decision { to, effects })
}

/// The record's way to a recipient takes a step.
///
/// # Errors
/// ILLEGAL_TRANSITION for a step that does not follow.
pub fn pass(
    resource: &str,
    from: Option<Delivery>,
    passage: Passage,
) -> Result<Decision<Delivery>, Refusal> {
    let (to, note) = DELIVERY.step(resource, from, passage)?;
    Ok(Decision { to, effects: vec![Effect::Note(note)] })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn facts(state: Option<State>, issuer: &str) -> Facts<'_> {
        Facts { name: "transcripts/1", state, issuer }
    }

    #[test]
    fn a_record_that_its_issuer_sent_is_not_changed_by_an_import() {
        let refused = import(&facts(Some(State::Received), "a.example")).unwrap_err();
        assert!(matches!(refused, Refusal::ChangedByIssuerOnly { .. }));
        assert!(import(&facts(None, "a.example")).is_ok());
        assert!(import(&facts(Some(State::Imported), "a.example")).is_ok());
    }

    #[test]
    fn only_the_issuer_may_send_a_record() {
        let (a, b) = ("a.example".parse().unwrap(), "b.example".parse().unwrap());
        let from = |sender| receive(&facts(None, "a.example"), sender);
        assert_eq!(from(&a).unwrap().to, State::Received);
        assert!(matches!(from(&b), Err(Refusal::NotSendersTranscript { .. })));
    }
}
