//! What the transport itself refuses, and the reason that an answer gets to which
//! tonic gave none. Together they make the guarantee: no answer but OK without reason.

use std::time::Duration;

use hei_values::{Code, Refused};
use tonic::Status;

use crate::limits;
use crate::status::code_name;

/// What is known of a call when its answer lacks a reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// "/package.Service/Method", or "unknown".
    pub method: &'static str,
    /// The largest request that it takes.
    pub request_bytes_max: u32,
    /// Whether the request came compressed.
    pub compressed: bool,
}

/// The refusal that an answer without details stands for (tonic 0.14: a timeout is
/// CANCELLED, a size OUT_OF_RANGE, a broken frame INTERNAL).
pub(crate) fn complete(status: &Status, facts: &Facts) -> Refused {
    let told = status.message();
    match status.code() {
        tonic::Code::OutOfRange | tonic::Code::ResourceExhausted => too_large(facts),
        tonic::Code::Cancelled | tonic::Code::DeadlineExceeded => timeout(),
        tonic::Code::Unimplemented if facts.compressed => encoding_unsupported(),
        tonic::Code::Unimplemented => method_unknown(),
        tonic::Code::NotFound => Refused::new(Code::NotFound, "NOT_FOUND", told),
        tonic::Code::InvalidArgument | tonic::Code::Internal => malformed(told),
        tonic::Code::Unauthenticated => no_credential(),
        tonic::Code::Unavailable => overloaded(),
        other => Refused::internal(format!("{}: {}: {told}", facts.method, code_name(other))),
    }
}

fn too_large(facts: &Facts) -> Refused {
    let most = facts.request_bytes_max;
    let told = format!(
        "{} takes requests of at most {most} bytes (max_request_bytes in the contract)",
        facts.method
    );
    Refused::new(Code::ResourceExhausted, "TOO_LARGE", told)
        .with("limit", "max_request_bytes")
        .with("limit_bytes", most)
}

/// Why the messages of an upload end before their end.
pub(crate) fn broken_upload(said: &Status) -> Refused {
    match said.code() {
        tonic::Code::OutOfRange | tonic::Code::ResourceExhausted => {
            let most = limits::UPLOAD_MESSAGE_BYTES_MAX;
            let told =
                format!("one message of an upload has at most {most} bytes: send more of them");
            Refused::new(Code::ResourceExhausted, "TOO_LARGE", told)
                .with("limit", "upload_message_bytes")
                .with("limit_bytes", most)
        }
        _ => malformed(said.message()),
    }
}

pub(crate) fn timeout() -> Refused {
    let told = "the call took longer than its deadline; it may still have its effect: \
                repeat it with the same request_id";
    Refused::new(Code::DeadlineExceeded, "TIMEOUT", told)
}

pub(crate) fn method_unknown() -> Refused {
    Refused::new(Code::Unimplemented, "METHOD_UNKNOWN", "this listener has no such method")
}

fn encoding_unsupported() -> Refused {
    let told = "compressed requests are not taken: send without grpc-encoding";
    Refused::new(Code::Unimplemented, "ENCODING_UNSUPPORTED", told)
}

pub(crate) fn malformed(told: &str) -> Refused {
    Refused::new(Code::InvalidArgument, "MALFORMED", format!("the request cannot be read: {told}"))
}

pub(crate) fn no_credential() -> Refused {
    let told = "say who you are: `authorization: Bearer <token>`, or a client certificate";
    Refused::new(Code::Unauthenticated, "NO_CREDENTIAL", told)
}

pub(crate) fn token_inactive() -> Refused {
    Refused::new(Code::Unauthenticated, "TOKEN_INACTIVE", "the token belongs to no client here")
}

pub(crate) fn certificate_unknown() -> Refused {
    let told = "the certificate belongs to no client here, and there is no token";
    Refused::new(Code::Unauthenticated, "NO_CREDENTIAL", told)
}

pub(crate) fn overloaded() -> Refused {
    let told = "too many calls at once: try again a little later";
    Refused::new(Code::Unavailable, "OVERLOADED", told).retry_after(limits::OVERLOAD_PAUSE)
}

pub(crate) fn shutting_down() -> Refused {
    let told = "the node is shutting down: try again when it is back";
    Refused::new(Code::Unavailable, "SHUTTING_DOWN", told).retry_after(Duration::from_secs(5))
}

/// A configuration with which the node does not start.
pub(crate) fn configuration(told: impl Into<String>) -> Refused {
    Refused::new(Code::FailedPrecondition, "CONFIG_INVALID", told)
}
