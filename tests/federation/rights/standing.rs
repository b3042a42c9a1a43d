//! A transcript that was sent is corrected or withdrawn where it was sent.

use hei_proto::hei::credentials::v1::{
    GetTranscriptRequest, Standing, Transcript, WithdrawTranscriptRequest,
    WithdrawTranscriptResponse, WithdrawalReason,
};
use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::{NoticeKind, NoticeState};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;

use super::{learner_at, overview, until_told};
use crate::alliance::{Place, import, imported, list, send, two, until, why};

async fn get(client: &Client, name: &str) -> Transcript {
    let request = GetTranscriptRequest { name: name.to_owned(), purpose: why("recognition") };
    client.call(request).await.unwrap()
}

async fn withdraw(
    client: &Client,
    name: &str,
    reason: WithdrawalReason,
) -> Result<WithdrawTranscriptResponse, Refusal> {
    let request = WithdrawTranscriptRequest {
        name: name.to_owned(),
        reason: reason.into(),
        purpose: why("administration"),
        ..Default::default()
    };
    client.call(request).await
}

pub async fn a_corrected_transcript_is_corrected_where_it_was_sent(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis, "X").await;
    let first = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &first, MessageState::Delivered).await;
    let registrar = beta.campus("registrar").await;
    let there = list(&registrar, 50).await[0].clone();
    let mut course = Course::of("alpha.example", LEARNER, "X");
    course.grade = "A".to_owned();
    import(&sis, course.elmo()).await.unwrap();
    let second = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &second, MessageState::Delivered).await;
    let after = get(&registrar, &there.name).await;
    assert_eq!(after.achievements[0].grade.as_ref().unwrap().label, "A");
    assert_ne!(after.etag, there.etag);
    // The learner reads who was told and has confirmed it.
    let learner = alpha.campus("learner").await;
    let name = learner_at(&learner).await.unwrap().name;
    let told = overview(&learner, &name).await.notices;
    let told: Vec<_> = told.iter().map(|n| (n.kind(), n.state(), n.message.as_str())).collect();
    assert_eq!(told, [(NoticeKind::Correction, NoticeState::Confirmed, second.as_str())]);
}

pub async fn a_withdrawn_transcript_is_shown_as_withdrawn_where_it_was_sent(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis, "X").await;
    let message = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    let at_beta = beta.campus("registrar").await;
    let there = list(&at_beta, 50).await[0].clone();
    assert_eq!(there.standing(), Standing::Current);
    let refusal = withdraw(&at_beta, &there.name, WithdrawalReason::Incorrect).await.unwrap_err();
    assert_eq!(refusal.reason, "NOT_DATA_OWNER");

    let told = withdraw(&sis, &record, WithdrawalReason::Incorrect).await.unwrap();
    assert_eq!(told.messages.len(), 1);
    until(&sis, &told.messages[0], MessageState::Delivered).await;
    let shown = get(&at_beta, &there.name).await;
    assert_eq!(shown.standing(), Standing::Withdrawn);
    assert!(shown.standing_time.is_some());
    assert_eq!(list(&at_beta, 50).await[0].standing(), Standing::Withdrawn);
    assert_eq!(get(&sis, &record).await.standing(), Standing::Withdrawn);
    let learner = alpha.campus("learner").await;
    let name = learner_at(&learner).await.unwrap().name;
    until_told(&learner, &name, NoticeKind::Withdrawal, NoticeState::Confirmed).await;

    // It is neither withdrawn twice nor sent, until a new revision stands.
    let twice = withdraw(&sis, &record, WithdrawalReason::Incorrect).await.unwrap_err();
    assert_eq!(twice.reason, "ILLEGAL_TRANSITION");
    let refusal = send(&sis, &record, "beta.example").await.unwrap_err();
    assert_eq!(refusal.reason, "ILLEGAL_TRANSITION");
    let mut course = Course::of("alpha.example", LEARNER, "X");
    course.grade = "A".to_owned();
    import(&sis, course.elmo()).await.unwrap();
    let message = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    let shown = get(&at_beta, &there.name).await;
    assert_eq!(shown.standing(), Standing::Current);
    assert_eq!(shown.achievements[0].grade.as_ref().unwrap().label, "A");

    let told = withdraw(&sis, &record, WithdrawalReason::Replaced).await.unwrap();
    until(&sis, &told.messages[0], MessageState::Delivered).await;
    assert_eq!(get(&at_beta, &there.name).await.standing(), Standing::Superseded);
}
