//! What the rules of use case 6 refuse, each with its reason and advice.

use hei_values::{Code, HeiId, Refused};

/// A refusal of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The transcript is another institution's.
    NotOwnTranscript { name: String, issuer: String, own: HeiId },
    /// A peer sent a transcript that is not its own.
    NotSendersTranscript { issuer: String, sender: HeiId },
    /// A record that its issuer sent is changed by that issuer only.
    ChangedByIssuerOnly { name: String, issuer: String },
    /// The move does not exist.
    Illegal(Refused),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotOwnTranscript { name, issuer, own } => not_owner(format!(
                "{name} is a transcript of {issuer}: {own} sends only its own; \
                 ask {issuer} to send it"
            ))
            .with("issuer", issuer)
            .with("own", own),
            Refusal::NotSendersTranscript { issuer, sender } => not_owner(format!(
                "{sender} sent a transcript of {issuer}: only {issuer} may send it"
            ))
            .with("issuer", issuer)
            .with("sender", sender),
            Refusal::ChangedByIssuerOnly { name, issuer } => not_owner(format!(
                "{name} came from {issuer} itself and is changed by {issuer} only: \
                 ask {issuer} to send the new version"
            ))
            .with("issuer", issuer),
            Refusal::Illegal(refused) => refused,
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Illegal(refused)
    }
}

fn not_owner(told: String) -> Refused {
    Refused::new(Code::PermissionDenied, "NOT_DATA_OWNER", told)
}
