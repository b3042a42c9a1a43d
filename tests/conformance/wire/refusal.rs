//! A refusal as it is read off the wire: the reason is the tested contract, the text is for people.

use std::fmt;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A status that is not OK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// As "INVALID_ARGUMENT".
    pub code: &'static str,
    /// The reason of its ErrorInfo; empty where it has none, and then the node may not have been reached.
    pub reason: String,
    /// For people.
    pub message: String,
    /// Field and reason or description of each violation.
    pub violations: Vec<(String, String)>,
}

impl Refusal {
    /// Reads the details.
    pub fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let faults = details.bad_request().map(|b| b.field_violations.clone()).unwrap_or_default();
        Self {
            code: name(status.code()),
            reason: details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
            message: status.message().to_owned(),
            violations: faults.into_iter().map(|f| (f.field, f.description)).collect(),
        }
    }

    /// Nobody answered.
    pub fn unreachable(message: String) -> Self {
        Self { code: "UNAVAILABLE", reason: String::new(), message, violations: Vec::new() }
    }

    /// Whether it comes from the way and not from the node, whose refusals all have a reason.
    pub fn is_of_the_way(&self) -> bool {
        self.reason.is_empty()
            && matches!(self.code, "UNAVAILABLE" | "UNKNOWN" | "CANCELLED" | "INTERNAL")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.reason.is_empty() { "no reason" } else { &self.reason };
        write!(f, "{}/{reason}: {}", self.code, self.message)?;
        self.violations.iter().try_for_each(|(field, why)| write!(f, "; {field}: {why}"))
    }
}

fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
