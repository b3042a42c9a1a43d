//! Why a call could not be done. The reason string is the tested contract; the
//! text is for people and says what to do next.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The codes of gRPC that the node uses, without a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    InvalidArgument,
    Unauthenticated,
    PermissionDenied,
    NotFound,
    AlreadyExists,
    FailedPrecondition,
    Aborted,
    ResourceExhausted,
    OutOfRange,
    DeadlineExceeded,
    Unavailable,
    Unimplemented,
    Internal,
}

/// One fault of the caller's input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field, or of the place in a document.
    pub field: String,
    /// The reason (framework §11.0).
    pub reason: &'static str,
    /// What is wrong and what would be right.
    pub description: String,
}

/// All faults of one input, found at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(pub Vec<Violation>);

/// A call that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind of trouble.
    pub code: Code,
    /// UPPER_SNAKE, the contract that tests hold.
    pub reason: &'static str,
    /// For people; for INTERNAL it is logged and never shown.
    pub message: String,
    /// The faults, where the input was at fault.
    pub violations: Vec<Violation>,
    /// Values of the message, for programs.
    pub metadata: BTreeMap<String, String>,
    /// When another try makes sense.
    pub retry_after: Option<Duration>,
}

impl Violation {
    /// A fault at a field.
    pub fn new(
        field: impl Into<String>,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), reason, description: description.into() }
    }

    /// A field that must be set and is not.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::new(field, "FIELD_MISSING", "must be set")
    }
}

impl Violations {
    /// Keeps the fault of a failed check and gives the value of a good one.
    pub fn take<T>(&mut self, checked: Result<T, Violation>) -> Option<T> {
        checked.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The value if there were no faults, else all of them. `None` without a
    /// fault cannot come from `take`, and is answered as a malformed input.
    ///
    /// # Errors
    /// The faults.
    pub fn or<T>(mut self, value: Option<T>) -> Result<T, Self> {
        match (self.0.is_empty(), value) {
            (true, Some(value)) => Ok(value),
            (true, None) => {
                self.0.push(Violation::new("", "MALFORMED", "the request cannot be read"));
                Err(self)
            }
            (false, _) => Err(self),
        }
    }
}

impl From<Violation> for Violations {
    fn from(one: Violation) -> Self {
        Self(vec![one])
    }
}

impl Refused {
    /// A refusal with a reason and a text.
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            violations: Vec::new(),
            metadata: BTreeMap::new(),
            retry_after: None,
        }
    }

    /// NOT_FOUND, also where the caller may not know that the thing exists.
    pub fn not_found(name: &str) -> Self {
        Self::new(Code::NotFound, "NOT_FOUND", format!("{name} is not here, or not for you"))
    }

    /// Something inside the node went wrong; `detail` is logged and never shown.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(Code::Internal, "INTERNAL", detail)
    }

    /// Somebody changed the thing since the caller read it.
    pub fn revision_conflict(name: &str) -> Self {
        let told = format!("{name} changed since you read it: read it again and repeat");
        Self::new(Code::Aborted, "REVISION_CONFLICT", told)
    }

    /// The same with a value for programs.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// The same with the time after which another try makes sense.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// The reason of a bad input is that of its first fault, so that a single fault
/// needs no second look. What is too large was not read, so nothing else is said of it.
impl From<Violations> for Refused {
    fn from(mut faults: Violations) -> Self {
        if let Some(at) = faults.0.iter().position(|v| v.reason == "TOO_LARGE") {
            let size = faults.0.swap_remove(at);
            return Self::new(Code::ResourceExhausted, size.reason, size.description)
                .with("setting", size.field);
        }
        let reason = faults.0.first().map_or("DOCUMENT_INVALID", |v| v.reason);
        let told = match faults.0.as_slice() {
            [one] => format!("{}: {}", one.field, one.description),
            many => format!("{} faults, each named with its place", many.len()),
        };
        Self { violations: faults.0, ..Self::new(Code::InvalidArgument, reason, told) }
    }
}

impl From<Violation> for Refused {
    fn from(fault: Violation) -> Self {
        Violations::from(fault).into()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

impl std::error::Error for Refused {}
