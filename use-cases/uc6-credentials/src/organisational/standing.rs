//! Organisational: whether a record stands. Its issuer takes it back, and whoever has it
//! from the issuer shows that; a new revision from the issuer stands again.

use hei_proto::hei::credentials::v1::WithdrawalReason;
use hei_values::{Code, Decision, Effect, Machine, NoticeKind, Outgoing, Refused, Step};

use crate::refusal::Refusal;

/// Whether a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Current,
    /// Its issuer has taken it back.
    Withdrawn,
    /// Its issuer has put another in its place.
    Superseded,
}

/// What can happen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Establish,
    Withdraw,
    Supersede,
    /// A new revision comes.
    Renew,
}

impl Step for Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
        }
    }
}

impl Step for Change {
    fn name(self) -> &'static str {
        match self {
            Self::Establish => "establish",
            Self::Withdraw => "withdraw",
            Self::Supersede => "supersede",
            Self::Renew => "renew",
        }
    }
}

impl Standing {
    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Current, Self::Withdrawn, Self::Superseded].into_iter().find(|s| s.name() == name)
    }
}

/// The only moves. A record begins as current with its first entry.
pub const MACHINE: Machine<Standing, Change> = Machine {
    name: "uc6.transcript-standing",
    moves: &[
        (None, Change::Establish, Standing::Current),
        (Some(Standing::Current), Change::Withdraw, Standing::Withdrawn),
        (Some(Standing::Current), Change::Supersede, Standing::Superseded),
        (Some(Standing::Withdrawn), Change::Renew, Standing::Current),
        (Some(Standing::Superseded), Change::Renew, Standing::Current),
    ],
};

/// A record is withdrawn, for a reason; each of `tell` is told.
///
/// # Errors
/// ILLEGAL_TRANSITION if it does not stand any more.
pub fn withdraw(
    name: &str,
    from: Standing,
    reason: WithdrawalReason,
    tell: Vec<Outgoing>,
) -> Result<Decision<Standing>, Refusal> {
    let change = match reason {
        WithdrawalReason::Replaced => Change::Supersede,
        _ => Change::Withdraw,
    };
    let (to, note) = MACHINE.step(name, Some(from), change)?;
    let told = tell.into_iter().map(|message| Effect::Tell(NoticeKind::Withdrawal, message));
    Ok(Decision { to, effects: told.chain([Effect::Note(note)]).collect() })
}

/// A new revision comes of a record that does not stand: it does again.
///
/// # Errors
/// ILLEGAL_TRANSITION for one that stands.
pub fn renew(name: &str, from: Standing) -> Result<Decision<Standing>, Refusal> {
    let (to, note) = MACHINE.step(name, Some(from), Change::Renew)?;
    Ok(Decision { to, effects: vec![Effect::Note(note)] })
}

/// What does not stand is sent to nobody.
///
/// # Errors
/// ILLEGAL_TRANSITION.
pub fn must_be_current(name: &str, standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Current => Ok(()),
        other => {
            let told =
                format!("{name} is {}: import the right document, and send that", other.name());
            let refused = Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told);
            Err(refused.with("state", other.name()).with("step", "send").into())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_withdrawn_is_not_sent_and_stands_again_with_a_new_revision() {
        let take_back = |from, reason| withdraw("transcripts/1", from, reason, Vec::new());
        let (wrong, replaced) = (WithdrawalReason::Incorrect, WithdrawalReason::Replaced);
        assert_eq!(take_back(Standing::Current, wrong).unwrap().to, Standing::Withdrawn);
        assert_eq!(take_back(Standing::Current, replaced).unwrap().to, Standing::Superseded);
        assert!(take_back(Standing::Withdrawn, wrong).is_err());
        for gone in [Standing::Withdrawn, Standing::Superseded] {
            assert!(must_be_current("transcripts/1", gone).is_err());
            assert_eq!(renew("transcripts/1", gone).unwrap().to, Standing::Current);
        }
    }
}
