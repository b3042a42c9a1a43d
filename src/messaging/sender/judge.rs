//! What a failure means for a message. Pure. Permanence goes by the reason
//! (architecture.md §6): a partner that does not know us waits for its operator, one
//! whose network is down waits for its network, and what is wrong stays wrong.

use hei_values::Code;

use crate::outbox::queue::{KIND_REASONS, PEER_REASONS};
use crate::wire::Failure;

/// What becomes of a message after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The peer is out of reach or out of strength: everybody's queue waits a while.
    RetryPeer,
    /// The peer is well, but not with this message: it waits a while, and what follows it.
    RetryMessage,
    /// The whole queue of the peer waits until a cause is gone; it does not age.
    HoldPeer,
    /// This kind waits, and what follows under the same order key; it does not age.
    HoldKind,
    /// This message waits until it is released; it does not age.
    HoldMessage,
    /// It will never be taken: a dead letter.
    Dead,
}

pub(super) fn judge(failure: &Failure) -> Verdict {
    let reason = failure.reason.as_str();
    match failure.code {
        _ if PEER_REASONS.contains(&reason) => Verdict::HoldPeer,
        _ if KIND_REASONS.contains(&reason) => Verdict::HoldKind,
        _ if matches!(reason, "TOO_LARGE" | "ROLE_NOT_SUPPORTED") => Verdict::Dead,
        Code::InvalidArgument
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::AlreadyExists => Verdict::Dead,
        Code::Unauthenticated if reason == "SIGNATURE_INVALID" => Verdict::RetryMessage,
        Code::Internal | Code::Aborted | Code::NotFound | Code::OutOfRange => Verdict::RetryMessage,
        Code::Unauthenticated
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Unavailable
        | Code::Unimplemented => Verdict::RetryPeer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(code: Code, reason: &str) -> Verdict {
        let failure = Failure { code, reason: reason.to_owned(), ..Failure::unreachable("") };
        judge(&failure)
    }

    #[test]
    fn each_reason_has_the_consequence_of_the_table() {
        use Verdict::{Dead, HoldKind, HoldPeer, RetryMessage, RetryPeer};
        for (code, reason, expected) in [
            (Code::PermissionDenied, "PEER_UNTRUSTED", HoldPeer),
            (Code::PermissionDenied, "PEER_SUSPENDED", HoldPeer),
            (Code::Unauthenticated, "CLOCK_SKEW", HoldPeer),
            (Code::PermissionDenied, "NO_AGREEMENT", HoldKind),
            (Code::Unimplemented, "KIND_UNKNOWN", HoldKind),
            (Code::InvalidArgument, "WRONG_AUDIENCE", Dead),
            (Code::InvalidArgument, "FIELD_MISSING", Dead),
            (Code::PermissionDenied, "SENDER_MISMATCH", Dead),
            (Code::PermissionDenied, "NOT_DATA_OWNER", Dead),
            (Code::FailedPrecondition, "REPLAYED", Dead),
            (Code::AlreadyExists, "ID_CONFLICT", Dead),
            (Code::ResourceExhausted, "TOO_LARGE", Dead),
            (Code::Unimplemented, "ROLE_NOT_SUPPORTED", Dead),
            (Code::Unauthenticated, "SIGNATURE_INVALID", RetryMessage),
            (Code::Internal, "INTERNAL", RetryMessage),
            (Code::Aborted, "REVISION_CONFLICT", RetryMessage),
            (Code::ResourceExhausted, "RATE", RetryPeer),
            (Code::ResourceExhausted, "STORAGE_FULL", RetryPeer),
            (Code::DeadlineExceeded, "TIMEOUT", RetryPeer),
            (Code::Unavailable, "PEER_UNREACHABLE", RetryPeer),
            (Code::Unavailable, "SHUTTING_DOWN", RetryPeer),
            (Code::Unimplemented, "METHOD_UNKNOWN", RetryPeer),
        ] {
            assert_eq!(verdict(code, reason), expected, "{code:?}/{reason}");
        }
    }
}
