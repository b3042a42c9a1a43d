//! A refusal as gRPC tells it: code, text, and a `google.rpc.Status` whose
//! ErrorInfo holds the reason. INTERNAL shows an id and nothing else.

use std::collections::HashMap;

use aws_lc_rs::rand;
use hei_values::{Code, Refused, Violation};
use tonic::Status;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::limits::{DETAIL_BYTES_MAX, MESSAGE_BYTES_MAX, VIOLATIONS_BYTES_MAX};

/// The `domain` of every ErrorInfo that a node gives.
pub const DOMAIN: &str = "hei-node";

/// The status that says the refusal. An internal error goes to the log here.
pub fn of(refused: &Refused) -> Status {
    match refused.code {
        Code::Internal => internal(refused),
        code => {
            let text = cut(&refused.message, MESSAGE_BYTES_MAX);
            Status::with_error_details(transport(code), text, details(refused))
        }
    }
}

/// The same as an encoded `google.rpc.Status`, for an answer that tells of a refusal
/// later: an operation's error.
pub fn encoded(refused: &Refused) -> Vec<u8> {
    of(refused).details().to_vec()
}

fn internal(refused: &Refused) -> Status {
    let id = fresh_id();
    tracing::error!(id, detail = refused.message, "internal error");
    let metadata = HashMap::from([("id".to_owned(), id.clone())]);
    let details = ErrorDetails::with_error_info(refused.reason, DOMAIN, metadata);
    let told = format!("internal error {id}; the operator finds it in the log by this id");
    Status::with_error_details(tonic::Code::Internal, told, details)
}

/// Without randomness the answer must still go out: the log line tells the time.
fn fresh_id() -> String {
    let mut bytes = [0; 8];
    let _ = rand::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

fn details(refused: &Refused) -> ErrorDetails {
    let shown = violations(&refused.violations);
    let mut metadata: HashMap<String, String> =
        refused.metadata.iter().map(|(k, v)| (k.clone(), cut(v, DETAIL_BYTES_MAX))).collect();
    if shown.len() < refused.violations.len() {
        metadata.insert("violations".to_owned(), refused.violations.len().to_string());
    }
    let mut details = ErrorDetails::with_error_info(refused.reason, DOMAIN, metadata);
    if !shown.is_empty() {
        details.set_bad_request(shown);
    }
    if let Some(wait) = refused.retry_after {
        details.set_retry_info(Some(wait));
    }
    if refused.code == Code::FailedPrecondition {
        let told = cut(&refused.message, DETAIL_BYTES_MAX);
        details.add_precondition_failure_violation(refused.reason, "", told);
    }
    if let Some(resource) = refused.metadata.get("resource") {
        details.set_resource_info("", cut(resource, DETAIL_BYTES_MAX), "", "");
    }
    details
}

/// As many as a client's header limit bears.
fn violations(all: &[Violation]) -> Vec<FieldViolation> {
    let mut room = VIOLATIONS_BYTES_MAX;
    let mut shown = Vec::new();
    for fault in all {
        let mut violation = FieldViolation::new(
            cut(&fault.field, DETAIL_BYTES_MAX),
            cut(&fault.description, DETAIL_BYTES_MAX),
        );
        violation.reason = fault.reason.to_owned();
        // Twelve bytes of tags and lengths.
        let size = violation.field.len() + violation.description.len() + fault.reason.len() + 12;
        let Some(left) = room.checked_sub(size) else { break };
        room = left;
        shown.push(violation);
    }
    shown
}

fn cut(text: &str, bytes_max: usize) -> String {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or_default().to_owned()
}

fn transport(code: Code) -> tonic::Code {
    match code {
        Code::InvalidArgument => tonic::Code::InvalidArgument,
        Code::Unauthenticated => tonic::Code::Unauthenticated,
        Code::PermissionDenied => tonic::Code::PermissionDenied,
        Code::NotFound => tonic::Code::NotFound,
        Code::AlreadyExists => tonic::Code::AlreadyExists,
        Code::FailedPrecondition => tonic::Code::FailedPrecondition,
        Code::Aborted => tonic::Code::Aborted,
        Code::ResourceExhausted => tonic::Code::ResourceExhausted,
        Code::OutOfRange => tonic::Code::OutOfRange,
        Code::DeadlineExceeded => tonic::Code::DeadlineExceeded,
        Code::Unavailable => tonic::Code::Unavailable,
        Code::Unimplemented => tonic::Code::Unimplemented,
        Code::Internal => tonic::Code::Internal,
    }
}

/// The code's name as the contract writes it.
pub(crate) fn code_name(code: tonic::Code) -> &'static str {
    match code {
        tonic::Code::Ok => "OK",
        tonic::Code::Cancelled => "CANCELLED",
        tonic::Code::Unknown => "UNKNOWN",
        tonic::Code::InvalidArgument => "INVALID_ARGUMENT",
        tonic::Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        tonic::Code::NotFound => "NOT_FOUND",
        tonic::Code::AlreadyExists => "ALREADY_EXISTS",
        tonic::Code::PermissionDenied => "PERMISSION_DENIED",
        tonic::Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        tonic::Code::FailedPrecondition => "FAILED_PRECONDITION",
        tonic::Code::Aborted => "ABORTED",
        tonic::Code::OutOfRange => "OUT_OF_RANGE",
        tonic::Code::Unimplemented => "UNIMPLEMENTED",
        tonic::Code::Internal => "INTERNAL",
        tonic::Code::Unavailable => "UNAVAILABLE",
        tonic::Code::DataLoss => "DATA_LOSS",
        tonic::Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
