//! `jobs list|show|cancel`: the node's long work, and how far it is.

use hei_proto::google::longrunning::{
    CancelOperationRequest, GetOperationRequest, ListOperationsRequest, Operation, operation,
};
use hei_proto::hei::node::v1::{JobMetadata, JobState};
use hei_use_case::OPERATIONS;
use hei_values::{Code, Millis, Refused, name};
use prost::Message as _;
use serde_json::{Value, json};

use super::Ended;
use super::arguments::JobsCommand;
use super::ops::Ops;
use super::said::Said;
use crate::Config;

/// Does what the command says.
///
/// # Errors
/// What the node refuses.
pub async fn run(config: &Config, command: &JobsCommand, said: &Said) -> Result<Ended, Refused> {
    let ops = Ops::of(config).await?;
    let name = match command {
        JobsCommand::List { state } => return list(&ops, state.as_deref(), said).await,
        JobsCommand::Show { name } => named(name),
        JobsCommand::Cancel { name } => {
            let name = named(name);
            ops.call(CancelOperationRequest { name: name.clone() }).await?;
            name
        }
    };
    let one = Shown::of(ops.call(GetOperationRequest { name }).await?)?;
    said.result(&one.text(), &one.value());
    Ok(Ended::Well)
}

/// "operations/{id}" or the identifier alone.
fn named(text: &str) -> String {
    match text.contains('/') {
        true => text.to_owned(),
        false => name::of(OPERATIONS, text),
    }
}

async fn list(ops: &Ops, state: Option<&str>, said: &Said) -> Result<Ended, Refused> {
    let filter = state.map(|state| format!("state = {state}")).unwrap_or_default();
    let mut page_token = String::new();
    loop {
        let filter = filter.clone();
        let asked = ListOperationsRequest { filter, page_token, ..Default::default() };
        let page = ops.call(asked).await?;
        for operation in page.operations {
            let one = Shown::of(operation)?;
            said.result(&one.text(), &one.value());
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(Ended::Well);
        }
    }
}

/// An operation with its metadata.
struct Shown {
    operation: Operation,
    metadata: JobMetadata,
}

impl Shown {
    fn of(operation: Operation) -> Result<Self, Refused> {
        let bytes = operation.metadata.as_ref().map(|any| any.value.as_slice());
        let metadata = JobMetadata::decode(bytes.unwrap_or_default()).map_err(|e| {
            let told = format!("the node's answer cannot be read: {e}");
            Refused::new(Code::Internal, "MALFORMED", told)
        })?;
        Ok(Self { operation, metadata })
    }

    fn state(&self) -> &'static str {
        match self.metadata.state() {
            JobState::Queued => "queued",
            JobState::Running => "running",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
            JobState::Unspecified => "unknown",
        }
    }

    /// "12 of 400", "12", or nothing where nothing is counted.
    fn progress(&self) -> String {
        match (self.metadata.done, self.metadata.total) {
            (0, 0) => String::new(),
            (done, 0) => format!("  {done}"),
            (done, total) => format!("  {done} of {total}"),
        }
    }

    fn text(&self) -> String {
        let m = &self.metadata;
        let mut told = format!("{}  {}  {}", self.operation.name, m.job, self.state());
        told.push_str(&self.progress());
        let due = m.run_time.as_ref().and_then(Millis::from_timestamp);
        if let Some(due) = due.filter(|_| m.state() == JobState::Queued) {
            told.push_str(&format!("  due {}", due.to_rfc3339()));
        }
        if !m.last_reason.is_empty() {
            told.push_str(&format!("  {} after {} tries", m.last_reason, m.attempts));
        }
        told
    }

    fn value(&self) -> Value {
        let m = &self.metadata;
        let at = |stamp: &Option<prost_types::Timestamp>| {
            stamp.as_ref().and_then(Millis::from_timestamp).map(Millis::to_rfc3339)
        };
        let error = match &self.operation.result {
            Some(operation::Result::Error(status)) => Some(status.message.as_str()),
            _ => None,
        };
        json!({
            "name": self.operation.name,
            "job": m.job,
            "state": self.state(),
            "done": m.done,
            "total": m.total,
            "client": m.client,
            "created": at(&m.create_time),
            "due": at(&m.run_time),
            "ended": at(&m.end_time),
            "attempts": m.attempts,
            "lastReason": m.last_reason,
            "recurring": m.recurring,
            "error": error,
        })
    }
}
