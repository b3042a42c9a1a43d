//! google.longrunning.Operations: jobs as their callers see them. Whoever began one sees
//! it, and the operator sees all.

use std::time::Duration;

use hei_proto::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    ListOperationsResponse, Operation, WaitOperationRequest, operation,
};
use hei_proto::google::rpc::Status;
use hei_proto::hei::node::v1::{JobMetadata, JobState};
use hei_store::jobs::{self, Filter, State};
use hei_store::page;
use hei_use_case::{Call, Failed, OPERATIONS, Read};
use hei_values::{Code, Id, Millis, Refused, Violation, Violations, name};
use prost::Message as _;
use prost_types::Any;

/// Operations of a page where the caller names no size.
const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most operations of a page.
const PAGE_SIZE_MAX: u32 = 200;
/// The longest wait: shorter than the 30 seconds in which an answer must begin.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// Another process may have ended what is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The page that is asked for.
pub struct Listed {
    state: Option<State>,
    size: u64,
    token: String,
}

/// What is waited for, and how long.
pub struct Wait {
    id: Id,
    at_most: Duration,
}

/// Reads the name.
pub fn get_check(request: GetOperationRequest) -> Result<Id, Violations> {
    Ok(name::id("name", OPERATIONS, &request.name)?)
}

/// Finds the operation.
pub async fn get(read: &Read, id: &Id) -> Result<Operation, Failed> {
    shown(read, &read.operation(*id).await?).await
}

/// Reads size and filter.
pub fn list_check(request: ListOperationsRequest) -> Result<Listed, Violations> {
    let mut faults = Violations::default();
    let size = faults.take(page::size(request.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX));
    let state = faults.take(state(&request.filter));
    if !["", OPERATIONS].contains(&request.name.as_str()) {
        let told = "the only collection is \"operations\"";
        faults.0.push(Violation::new("name", "BAD_IDENTIFIER", told));
    }
    let (size, state) = faults.or(size.zip(state))?;
    Ok(Listed { state, size, token: request.page_token })
}

/// AIP-160, as far as there is something to filter by: `state = running`.
fn state(filter: &str) -> Result<Option<State>, Violation> {
    if filter.trim().is_empty() {
        return Ok(None);
    }
    let named = filter.split_once('=').filter(|(field, _)| field.trim() == "state");
    let named = named.map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase());
    named.and_then(|value| State::of(&value)).map(Some).ok_or_else(|| {
        let states = State::ALL.map(State::text).join(", ");
        let told = format!("a filter is empty or \"state = …\" with one of {states}");
        Violation::new("filter", "BAD_FILTER", told)
    })
}

/// Reads the page.
pub async fn list(read: &Read, it: &Listed) -> Result<ListOperationsResponse, Failed> {
    let bound = it.state.map_or("", State::text).as_bytes();
    let after = read.page_start(&it.token, bound)?;
    let own = (!read.sees_all_operations()).then_some(read.caller().client.as_str());
    let filter = Filter { principal: own, state: it.state };
    let (institution, limit) = (read.institution().id, it.size.saturating_add(1));
    let mut rows = jobs::page(read.conn(), institution, &filter, after, limit).await?;
    let more = rows.len() as u64 > it.size;
    rows.truncate(usize::try_from(it.size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more).map(|row| row.id);
    let next_page_token = read.page_token(last, bound);
    // An answer about a person is sealed: GetOperation opens it.
    let open = |row: &jobs::Row| row.answer.clone().filter(|_| row.subject_id.is_none());
    let operations = rows.iter().map(|row| operation(row, open(row))).collect::<Result<_, _>>()?;
    Ok(ListOperationsResponse { operations, next_page_token, ..Default::default() })
}

/// Reads name and time.
pub fn wait_check(request: WaitOperationRequest) -> Result<Wait, Violations> {
    let id = name::id("name", OPERATIONS, &request.name)?;
    let asked = request.timeout.map(|t| Duration::try_from(t).unwrap_or_default());
    Ok(Wait { id, at_most: asked.unwrap_or(WAIT_MAX).min(WAIT_MAX) })
}

/// Answers once the operation is done, or the time is over.
pub async fn wait(read: &Read, it: &Wait) -> Result<Operation, Failed> {
    let done = async {
        loop {
            let row = read.operation(it.id).await?;
            if row.ended_at.is_some() {
                return Ok::<_, Failed>(row);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let row = match tokio::time::timeout(it.at_most, done).await {
        Ok(found) => found?,
        Err(_) => read.operation(it.id).await?,
    };
    shown(read, &row).await
}

/// Reads the name.
pub fn cancel_check(request: CancelOperationRequest) -> Result<Id, Violations> {
    Ok(name::id("name", OPERATIONS, &request.name)?)
}

/// Ends it before its next step. What has ended stays as it is.
pub async fn cancel(call: &mut Call, id: &Id) -> Result<(), Failed> {
    let row = call.operation(*id).await?;
    if recurs(&row) {
        let told = "the node itself needs this: it comes again in its time, and cannot be ended";
        return Err(Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told).into());
    }
    jobs::cancel(call.conn(), call.institution().id, *id, call.now()).await?;
    Ok(())
}

/// Reads the name.
pub fn delete_check(request: DeleteOperationRequest) -> Result<Id, Violations> {
    Ok(name::id("name", OPERATIONS, &request.name)?)
}

/// Forgets what has ended.
pub async fn delete(call: &mut Call, id: &Id) -> Result<(), Failed> {
    call.operation(*id).await?;
    if !jobs::delete(call.conn(), call.institution().id, *id).await? {
        let told = "it has not ended: cancel it, or wait for its end";
        return Err(Refused::new(Code::FailedPrecondition, "ILLEGAL_TRANSITION", told).into());
    }
    Ok(())
}

/// Nobody asked for it.
fn recurs(row: &jobs::Row) -> bool {
    row.principal.is_empty()
}

async fn shown(read: &Read, row: &jobs::Row) -> Result<Operation, Failed> {
    let answer = row.answer(read.conn()).await?;
    Ok(operation(row, answer)?)
}

fn operation(row: &jobs::Row, answer: Option<Vec<u8>>) -> Result<Operation, Refused> {
    let state = row.state().ok_or_else(|| Refused::internal("a job has no known state"))?;
    let metadata = JobMetadata {
        job: row.name.clone(),
        state: shown_state(state).into(),
        done: row.done,
        total: row.total,
        client: if recurs(row) { "node".to_owned() } else { row.principal.clone() },
        create_time: Some(Millis(row.created_at).to_timestamp()),
        run_time: state.is_live().then(|| row.due().to_timestamp()),
        end_time: row.ended_at.map(|at| Millis(at).to_timestamp()),
        attempts: row.attempts,
        last_reason: row.reason.clone(),
        recurring: recurs(row),
    };
    let result = match state {
        State::Queued | State::Running => None,
        State::Succeeded => Some(operation::Result::Response(response(answer)?)),
        State::Failed => Some(operation::Result::Error(error(row)?)),
        State::Cancelled => Some(operation::Result::Error(cancelled())),
    };
    Ok(Operation {
        name: name::of(OPERATIONS, Id(row.id)),
        metadata: Some(Any {
            type_url: "type.googleapis.com/hei.node.v1.JobMetadata".to_owned(),
            value: metadata.encode_to_vec(),
        }),
        done: !state.is_live(),
        result,
    })
}

fn shown_state(state: State) -> JobState {
    match state {
        State::Queued => JobState::Queued,
        State::Running => JobState::Running,
        State::Succeeded => JobState::Succeeded,
        State::Failed => JobState::Failed,
        State::Cancelled => JobState::Cancelled,
    }
}

/// The answer with its type, as the job's last step left it; empty once the person that it
/// was about is erased.
fn response(answer: Option<Vec<u8>>) -> Result<Any, Refused> {
    let read = Any::decode(answer.unwrap_or_default().as_slice());
    read.map_err(|e| Refused::internal(format!("the answer of a job: {e}")))
}

fn error(row: &jobs::Row) -> Result<Status, Refused> {
    let read = Status::decode(row.error.as_deref().unwrap_or_default());
    read.map_err(|e| Refused::internal(format!("the error of a job: {e}")))
}

/// As the service says it: code 1, CANCELLED.
fn cancelled() -> Status {
    Status { code: 1, message: "somebody ended it".to_owned(), ..Default::default() }
}
