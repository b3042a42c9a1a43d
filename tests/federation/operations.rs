//! The node's long work as its callers see it: the sweeps that the node does by itself,
//! on jobs that all its processes share.

use hei_proto::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest,
    Operation, WaitOperationRequest,
};
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_proto::hei::node::v1::{JobMetadata, JobState};
use hei_testkit::client::Client;
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use hei_testkit::tables::Tables;
use prost::Message as _;
use tonic::Code;

use crate::alliance::{Place, eventually, on_each_engine, one, why};

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

async fn the_operator_sees_the_sweeps_and_nobody_can_end_them(place: Place) {
    let alpha = one(&place).await;
    let operator = alpha.operator().await;
    eventually("the sweeps have rows", async || operations(&operator, "").await.len() == 3).await;
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
    assert_eq!(lines.lines().count(), 3, "{lines}");
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

on_each_engine!(
    the_operator_sees_the_sweeps_and_nobody_can_end_them,
    a_sweep_runs_when_its_time_has_come_and_again_after_that,
);
