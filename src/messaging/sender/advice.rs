//! What an operator reads beside a message that did not go: the peer's words, and
//! what to do about the reason.

use hei_values::Code;

use crate::limits::TOLD_CHARS_MAX;
use crate::wire::Failure;

/// The failure in words, with advice.
pub(super) fn told(failure: &Failure) -> String {
    // A fault's words may quote what stands in the document, and this row outlives it.
    let faults = failure.code == Code::InvalidArgument;
    let words: String = match failure.message.is_empty() || faults {
        true => failure.reason.clone(),
        false => failure.message.chars().take(TOLD_CHARS_MAX).collect(),
    };
    format!("{words} — {}", advice(&failure.reason))
}

fn advice(reason: &str) -> &'static str {
    match reason {
        "PEER_UNREACHABLE" | "TIMEOUT" => {
            "it is tried again by itself; if that lasts, ask the partner whether its node runs"
        }
        "PEER_UNTRUSTED" => {
            "the partner's operator has not added this node (`hei-node peer add`), or you removed \
             the partner; the queue waits"
        }
        "PEER_SUSPENDED" => "one side has suspended the exchange; the queue waits for a resume",
        "CLOCK_SKEW" => "set the clocks of both nodes by a time server; the queue waits",
        "KIND_UNKNOWN" => "the partner's node is older; the message waits for its update",
        "NO_AGREEMENT" => "the message waits for an agreement between the institutions",
        "SIGNATURE_INVALID" => {
            "compare the fingerprints of both nodes; the partner may have to fetch this node's \
             descriptor again"
        }
        "REPLAYED" | "ID_CONFLICT" => "send the content again as a new message",
        "TOO_LARGE" => "send less at once, or ask the partner for a higher limit",
        "NOT_DATA_OWNER" => "only the institution that issued a record may send it",
        "SUBJECT_RESTRICTED" => "nothing to do before the restriction is lifted",
        "SUBJECT_ERASED" => "nothing to do: the person was erased before the message went",
        "RATE" | "QUOTA" | "OVERLOADED" | "STORAGE_FULL" | "DATABASE_DOWN" | "SHUTTING_DOWN"
        | "EVIDENCE_UNSEALED" => "the partner's node is in trouble; it is tried again by itself",
        "DOCUMENT_INVALID" | "FIELD_MISSING" | "NAMESPACE_UNKNOWN" | "MALFORMED" => {
            "the partner found faults in the document: import it there to see them, mend it at \
             its source and send it again"
        }
        "INTERNAL" => {
            "the partner's operator finds the cause in its log; it is tried again by itself"
        }
        _ => "mend the cause and replay the message (`ReplayMessage`)",
    }
}
