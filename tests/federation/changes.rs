//! The feed of changes where only a kill or another time can show it.

use hei_proto::hei::common::v1::Change;
use hei_proto::hei::credentials::v1::{
    ListTranscriptChangesRequest, ListTranscriptChangesResponse,
};
use hei_testkit::client::{Client, Refusal};
use tonic::Code;

use crate::alliance::{Place, eventually, imported, on_each_engine, why};

const DAY_MS: i64 = 86_400_000;

async fn after(client: &Client, cursor: &str) -> Result<ListTranscriptChangesResponse, Refusal> {
    let request = ListTranscriptChangesRequest {
        page_token: cursor.to_owned(),
        purpose: why("administration"),
        ..Default::default()
    };
    client.call(request).await
}

async fn cursor(client: &Client) -> String {
    after(client, "").await.unwrap().cursor
}

async fn told(client: &Client, cursor: &str) -> Vec<Change> {
    eventually("the change is told", async || {
        !after(client, cursor).await.unwrap().changes.is_empty()
    })
    .await;
    after(client, cursor).await.unwrap().changes
}

async fn a_change_that_was_answered_before_a_kill_is_told_after_it(place: Place) {
    let mut alpha = place.node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let sis = alpha.campus("sis").await;
    let from = cursor(&sis).await;
    let name = imported(&sis, "X").await;
    alpha.kill();
    alpha.start();
    let changes = told(&alpha.campus("sis").await, &from).await;
    assert_eq!(changes.iter().map(|change| &change.name).collect::<Vec<_>>(), [&name]);
}

async fn a_cursor_from_before_the_days_that_are_kept_is_expired(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    alpha.write_config(&[]);
    alpha.start();
    let sis = alpha.campus("sis").await;
    let old = cursor(&sis).await;
    imported(&sis, "old").await;
    assert_eq!(told(&sis, &old).await.len(), 1);
    let later = cursor(&sis).await;
    alpha.advance(91 * DAY_MS);
    eventually("the cursor is expired", async || match after(&sis, &old).await {
        Ok(_) => false,
        Err(refusal) => {
            assert_eq!(refusal.code, Code::OutOfRange);
            assert_eq!(refusal.reason, "CURSOR_EXPIRED");
            true
        }
    })
    .await;
    // Nothing is lost to whoever had read it, and there is a way on for the others.
    let name = imported(&sis, "new").await;
    assert_eq!(told(&sis, &later).await[0].name, name);
    assert_eq!(after(&sis, &cursor(&sis).await).await.unwrap().changes, []);
}

on_each_engine!(
    a_change_that_was_answered_before_a_kill_is_told_after_it,
    a_cursor_from_before_the_days_that_are_kept_is_expired,
);
