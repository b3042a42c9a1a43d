//! The node's long work as its callers see it: the sweeps that the node does by itself,
//! on jobs that all its processes share.

use hei_proto::google::longrunning::operation::Result::{Error, Response};
use hei_proto::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    Operation, WaitOperationRequest,
};
use hei_proto::google::rpc::Status;
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_proto::hei::node::v1::{JobMetadata, JobState};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::counts::{CountRequest, CountResponse};
use hei_testkit::documents::Course;
use hei_testkit::lab::Blow;
use hei_testkit::nodes::LEARNER;
use hei_testkit::tables::Tables;
use prost::Message as _;
use tonic::Code;

use hei_values::faults::COMMIT_AFTER;

use crate::alliance::{PATIENCE, Place, eventually, on_each_engine, one, why};

const DAY_MS: i64 = 86_400_000;

/// What an operation says of its job.
pub fn metadata(operation: &Operation) -> JobMetadata {
    let any = operation.metadata.as_ref().expect("an operation has metadata");
    assert_eq!(any.type_url, "type.googleapis.com/hei.node.v1.JobMetadata");
    JobMetadata::decode(any.value.as_slice()).unwrap()
}

/// All operations that a client sees, by pages of two.
pub async fn operations(client: &Client, filter: &str) -> Vec<Operation> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let filter = filter.to_owned();
        let asked =
            ListOperationsRequest { filter, page_size: 2, page_token, ..Default::default() };
        let page = client.call(asked).await.unwrap();
        all.extend(page.operations);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

/// How many sweeps the node has.
const SWEEPS: usize = 6;

async fn the_operator_sees_the_sweeps_and_nobody_can_end_them(place: Place) {
    let alpha = one(&place).await;
    let operator = alpha.operator().await;
    eventually("the sweeps have rows", async || operations(&operator, "").await.len() == SWEEPS)
        .await;
    let sweeps = operations(&operator, "state = queued").await;
    for sweep in &sweeps {
        let told = metadata(sweep);
        assert!(told.job.starts_with("node.sweep-") && told.recurring, "{told:?}");
        assert!(told.run_time.unwrap().seconds - told.create_time.unwrap().seconds == 3600);
        let name = sweep.name.clone();
        let refusal = operator.call(CancelOperationRequest { name: name.clone() }).await;
        assert_eq!(refusal.unwrap_err().reason, "ILLEGAL_TRANSITION");
        let refusal = operator.call(DeleteOperationRequest { name: name.clone() }).await;
        assert_eq!(refusal.unwrap_err().reason, "ILLEGAL_TRANSITION");
        let refusal = alpha.campus("sis").await.call(GetOperationRequest { name }).await;
        assert_eq!(refusal.unwrap_err().code, Code::NotFound, "it is not for the campus");
    }
    assert_eq!(operations(&operator, "state = running").await, []);
    assert_eq!(operations(&alpha.campus("sis").await, "").await, []);
    let wrong = ListOperationsRequest { filter: "size > 3".to_owned(), ..Default::default() };
    assert_eq!(operator.call(wrong).await.unwrap_err().reason, "BAD_FILTER");
    let wait = WaitOperationRequest {
        name: sweeps[0].name.clone(),
        timeout: Some(prost_types::Duration { seconds: 0, nanos: 1_000_000 }),
    };
    assert!(!operator.call(wait).await.unwrap().done);
    let shown = alpha.command(&["--json", "jobs", "list", "--state", "queued"]);
    assert_eq!(shown.status.code(), Some(0));
    let lines = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(lines.lines().count(), SWEEPS, "{lines}");
    assert!(lines.contains("\"job\":\"node.sweep-answers\""), "{lines}");
}

async fn a_sweep_runs_when_its_time_has_come_and_again_after_that(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let tables = Tables::open(&alpha.database_to_read()).await;
    let import = ImportTranscriptRequest {
        document: Course::of("alpha.example", LEARNER, "X").elmo().into(),
        request_id: "00000000-0000-4000-8000-000000000001".to_owned(),
        purpose: why("administration"),
        ..Default::default()
    };
    alpha.campus("sis").await.call(import).await.unwrap();
    let answers = async || tables.number("SELECT count(*) FROM answers").await;
    assert_eq!(answers().await, 1);
    let operator = alpha.operator().await;
    let due = async || {
        let all = operations(&operator, "").await;
        let told = all.iter().map(metadata).find(|m| m.job == "node.sweep-answers");
        told.map(|m| (m.run_time.unwrap().seconds, m.state()))
    };
    eventually("the sweeps have rows", async || due().await.is_some()).await;
    let (first, _) = due().await.unwrap();
    alpha.advance(DAY_MS + 60_000);
    eventually("the answer is swept", async || answers().await == 0).await;
    let again = async || {
        due().await.is_some_and(|(at, state)| at - first >= 86_400 && state == JobState::Queued)
    };
    eventually("the sweep is queued again", again).await;
}

/// Begins to count; gives the operation's name.
pub async fn counting(client: &Client, to: u64, pause_ms: i64) -> String {
    let asked = CountRequest { to, pause_ms, refused_after: 0 };
    client.call(asked).await.unwrap().operation
}

/// The operation as it stands.
pub async fn get(client: &Client, name: &str) -> Operation {
    client.call(GetOperationRequest { name: name.to_owned() }).await.unwrap()
}

/// How many persons there are: one for each step that was done.
pub async fn steps(tables: &Tables) -> i64 {
    tables.number("SELECT count(*) FROM subjects").await
}

async fn an_operation_shows_its_progress_and_ends_before_its_next_step_when_cancelled(
    place: Place,
) {
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let tables = Tables::open(&alpha.database_to_read()).await;
    let sis = alpha.campus("sis").await;
    let name = counting(&sis, 100_000, 5).await;
    let (mut seen, began) = (Vec::new(), std::time::Instant::now());
    while seen.len() < 4 {
        let told = metadata(&get(&sis, &name).await);
        assert!(told.done == 0 || told.total == 100_000, "{told:?}");
        if seen.last() != Some(&told.done) {
            seen.push(told.done);
        }
        assert!(began.elapsed() < PATIENCE, "{seen:?}");
    }
    assert!(seen.is_sorted(), "{seen:?}");
    println!("progress as it was seen: {seen:?}");
    // It belongs to whoever began it.
    let others = alpha.campus("registrar").await;
    let refusal = others.call(CancelOperationRequest { name: name.clone() }).await.unwrap_err();
    assert_eq!(refusal.code, Code::NotFound);
    assert_eq!(operations(&others, "").await, []);
    assert_eq!(operations(&sis, "").await.len(), 1);
    let shown = alpha.command(&["jobs", "cancel", &name]);
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    let ended = get(&sis, &name).await;
    assert!(ended.done);
    assert!(matches!(ended.result, Some(Error(Status { code: 1, .. }))), "{ended:?}");
    let told = metadata(&ended);
    assert_eq!((told.state(), told.done), (JobState::Cancelled, steps(&tables).await));
    // A second one would have been done by now.
    assert!(wait(&sis, &counting(&sis, 50, 0).await).await.done);
    assert_eq!(steps(&tables).await, told.done + 50);
    sis.call(DeleteOperationRequest { name: name.clone() }).await.unwrap();
    let gone = sis.call(GetOperationRequest { name }).await;
    assert_eq!(gone.unwrap_err().code, Code::NotFound);
}

pub async fn wait(client: &Client, name: &str) -> Operation {
    let began = std::time::Instant::now();
    loop {
        let asked = WaitOperationRequest { name: name.to_owned(), timeout: None };
        let operation = client.call(asked).await.unwrap();
        if operation.done {
            return operation;
        }
        assert!(began.elapsed() < PATIENCE, "{operation:?}");
    }
}

async fn an_operation_goes_on_after_sigkill_and_no_step_is_done_twice(place: Place) {
    const STEPS: u64 = 300;
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let tables = Tables::open(&alpha.database_to_read()).await;
    // Without a pause it keeps its claim from step to step, with one it claims each anew.
    let sis = alpha.campus("sis").await;
    let names = [counting(&sis, STEPS, 0).await, counting(&sis, STEPS, 1).await];
    let mut killed_at = Vec::new();
    for _ in 0..3 {
        let before = steps(&tables).await;
        eventually("it goes on", async || steps(&tables).await > before + 20).await;
        alpha.kill();
        killed_at.push(steps(&tables).await);
        alpha.start();
    }
    let sis = alpha.campus("sis").await;
    for name in &names {
        let ended = wait(&sis, name).await;
        let Some(Response(answer)) = &ended.result else { panic!("{ended:?}") };
        assert_eq!(answer.type_url, "type.googleapis.com/hei.lab.v1.CountResponse");
        let answer = CountResponse::decode(answer.value.as_slice()).unwrap();
        assert_eq!(&answer.operation, name);
        assert_eq!(metadata(&ended).state(), JobState::Succeeded);
    }
    println!("killed at {killed_at:?} of {} steps", 2 * STEPS);
    assert_eq!(steps(&tables).await, 2 * STEPS as i64);
}

async fn a_step_that_is_refused_ends_the_operation_with_its_reason(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let tables = Tables::open(&alpha.database_to_read()).await;
    let sis = alpha.campus("sis").await;
    let asked = CountRequest { to: 10, pause_ms: 0, refused_after: 3 };
    let ended = wait(&sis, &sis.call(asked).await.unwrap().operation).await;
    let Some(Error(status)) = &ended.result else { panic!("{ended:?}") };
    // It reads as the answer of a call that was refused.
    let details = status.encode_to_vec().into();
    let status = tonic::Status::with_details(Code::from(status.code), &status.message, details);
    let refusal = Refusal::of(&status);
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::FailedPrecondition, "LABORATORY"));
    let told = metadata(&ended);
    assert_eq!((told.state(), told.done, told.attempts), (JobState::Failed, 3, 1));
    assert_eq!(steps(&tables).await, 3);
}

async fn a_step_that_fails_is_tried_again_and_ends_as_if_nothing_had_failed(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let tables = Tables::open(&alpha.database_to_read()).await;
    let sis = alpha.campus("sis").await;
    // What a start commits is behind it.
    let operator = alpha.operator().await;
    eventually("the sweeps have rows", async || operations(&operator, "").await.len() == SWEEPS)
        .await;
    // The answer of the third commit from here on is lost, which is that of a step: the
    // call that begins the job is the first, and its claim the second.
    alpha.strike_at(Blow::Fail, 3, COMMIT_AFTER);
    let name = counting(&sis, 5, 0).await;
    let tried = async || metadata(&get(&sis, &name).await).last_reason == "FAULT";
    eventually("a step has failed", tried).await;
    assert_eq!(steps(&tables).await, 1, "it was done all the same");
    assert_eq!(metadata(&get(&sis, &name).await).state(), JobState::Queued);
    alpha.advance(60_000);
    assert!(matches!(wait(&sis, &name).await.result, Some(Response(_))));
    assert_eq!(steps(&tables).await, 5);
}

on_each_engine!(
    the_operator_sees_the_sweeps_and_nobody_can_end_them,
    a_sweep_runs_when_its_time_has_come_and_again_after_that,
    an_operation_shows_its_progress_and_ends_before_its_next_step_when_cancelled,
    an_operation_goes_on_after_sigkill_and_no_step_is_done_twice,
    a_step_that_is_refused_ends_the_operation_with_its_reason,
    a_step_that_fails_is_tried_again_and_ends_as_if_nothing_had_failed,
);
