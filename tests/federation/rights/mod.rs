//! The rights of a learner whose data alpha and beta hold: what is shown, given, held
//! back, erased and kept, and what either tells the other.

mod canaries;
mod everything;
mod held;
mod processing;
mod standing;

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::node::v1::{
    EraseSubjectRequest, EraseSubjectResponse, ExportSubjectRequest, FindSubjectRequest,
    GetSubjectOverviewRequest, GetSubjectRequest, LiftRestrictionRequest, NoticeKind, NoticeState,
    Piece, RestrictSubjectRequest, RestrictionGround, Subject, SubjectOverview,
};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::nodes::{LEARNER, Node};

use crate::alliance::{Place, befriend, eventually, on_each_engine, why};

/// Rules under which a learner may have everything erased.
const FREE: &str = "[[retention]]\nclass = \"transcripts.copies\"\nkeep_days = 1826\n\
                    basis = \"needed for recognition\"\n";

/// Alpha and beta, who know each other, each with more lines of configuration.
async fn two_with(place: &Place, of_alpha: &str, of_beta: &str) -> (Node, Node) {
    let mut alpha = place.node("alpha.example").await.with(of_alpha);
    let mut beta = place.node("beta.example").await.with(of_beta);
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    (alpha, beta)
}

/// The learner as a client finds it.
pub async fn learner_at(client: &Client) -> Result<Subject, Refusal> {
    let identifier = Identifier { scheme: "esi".to_owned(), value: LEARNER.to_owned() };
    let purpose = why("data_subject_rights");
    client.call(FindSubjectRequest { identifier: Some(identifier), purpose }).await
}

async fn subject(client: &Client, name: &str) -> Subject {
    let purpose = why("data_subject_rights");
    client.call(GetSubjectRequest { name: name.to_owned(), purpose }).await.unwrap()
}

async fn overview(client: &Client, name: &str) -> SubjectOverview {
    let (name, purpose) = (name.to_owned(), why("data_subject_rights"));
    client.call(GetSubjectOverviewRequest { name, purpose }).await.unwrap()
}

/// Everything, page by page, put together.
async fn export(client: &Client, name: &str) -> Vec<Piece> {
    let (mut whole, mut page_token) = (Vec::<Piece>::new(), String::new());
    loop {
        let (name, purpose) = (name.to_owned(), why("data_subject_rights"));
        let page = client.call(ExportSubjectRequest { name, purpose, page_token }).await.unwrap();
        for part in page.pieces {
            match whole.last_mut().filter(|_| part.offset_bytes > 0) {
                Some(begun) => {
                    assert_eq!(begun.content.len() as u64, part.offset_bytes);
                    begun.content = [&begun.content[..], &part.content[..]].concat().into();
                }
                None => whole.push(part),
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            assert!(whole.iter().all(|p| p.content.len() as u64 == p.size_bytes));
            return whole;
        }
    }
}

pub async fn restrict(client: &Client, name: &str) -> Result<Subject, Refusal> {
    let request = RestrictSubjectRequest {
        name: name.to_owned(),
        ground: RestrictionGround::Contested.into(),
        purpose: why("data_subject_rights"),
        ..Default::default()
    };
    client.call(request).await
}

async fn lift(client: &Client, name: &str) -> Result<Subject, Refusal> {
    let (name, purpose) = (name.to_owned(), why("data_subject_rights"));
    client.call(LiftRestrictionRequest { name, purpose, ..Default::default() }).await
}

async fn erase(client: &Client, name: &str) -> Result<EraseSubjectResponse, Refusal> {
    let (name, purpose) = (name.to_owned(), why("data_subject_rights"));
    client.call(EraseSubjectRequest { name, purpose, ..Default::default() }).await
}

/// Waits until the last notice of a kind about a person has been answered so.
async fn until_told(client: &Client, name: &str, kind: NoticeKind, state: NoticeState) {
    eventually(&format!("{kind:?} is {state:?}"), async || {
        let told = overview(client, name).await.notices;
        told.iter().rev().find(|n| n.kind() == kind).is_some_and(|n| n.state() == state)
    })
    .await;
}

use everything::{
    a_learner_sees_and_takes_along_what_is_held_of_it_and_nobody_else_exists,
    an_erased_learner_leaves_no_word_in_any_file_of_either_node_and_receipts_verify,
};
use held::{
    a_duty_to_keep_forbids_an_erasure_and_restricts_instead,
    a_partner_with_a_duty_to_keep_says_so_and_restricts,
    what_has_come_to_its_date_is_gone_from_every_read,
};
use processing::{
    a_message_about_a_restricted_learner_waits_and_one_that_comes_is_kept,
    a_partner_takes_no_file_away_that_the_campus_has_brought_itself,
    a_restricted_learner_is_left_out_of_everything_that_processes,
    an_erasure_reaches_a_partner_past_what_a_restriction_held_back,
};
use standing::{
    a_corrected_transcript_is_corrected_where_it_was_sent,
    a_withdrawn_transcript_is_shown_as_withdrawn_where_it_was_sent,
};

on_each_engine!(
    a_learner_sees_and_takes_along_what_is_held_of_it_and_nobody_else_exists,
    an_erased_learner_leaves_no_word_in_any_file_of_either_node_and_receipts_verify,
    a_duty_to_keep_forbids_an_erasure_and_restricts_instead,
    a_partner_with_a_duty_to_keep_says_so_and_restricts,
    what_has_come_to_its_date_is_gone_from_every_read,
    a_restricted_learner_is_left_out_of_everything_that_processes,
    a_message_about_a_restricted_learner_waits_and_one_that_comes_is_kept,
    a_partner_takes_no_file_away_that_the_campus_has_brought_itself,
    an_erasure_reaches_a_partner_past_what_a_restriction_held_back,
    a_corrected_transcript_is_corrected_where_it_was_sent,
    a_withdrawn_transcript_is_shown_as_withdrawn_where_it_was_sent,
);
