//! What must be kept, what must not, and when.

use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::{NoticeKind, NoticeState, RestrictionGround};
use hei_testkit::tables::Tables;

use super::{FREE, erase, learner_at, overview, subject, two_with, until_told};
use crate::alliance::{
    Place, befriend, eventually, imported, list, message, one, send, until, why,
};

const DAY_MS: i64 = 86_400_000;

pub async fn a_duty_to_keep_forbids_an_erasure_and_restricts_instead(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis, "X").await;
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    let refusal = erase(&registrar, &name).await.unwrap_err();
    assert_eq!(refusal.code, tonic::Code::FailedPrecondition);
    assert_eq!(refusal.reason, "LEGAL_HOLD");
    assert_eq!(refusal.preconditions, ["LEGAL_HOLD"]);
    assert_eq!(refusal.metadata["rule"], "transcripts.issued");
    assert!(refusal.metadata["keep_until_time"].as_str() > "2070", "{refusal:?}");
    // The restriction is durable though the call was refused, and the repeat says the same.
    let after = subject(&registrar, &name).await;
    let restriction = after.restriction.unwrap();
    assert_eq!(restriction.ground(), RestrictionGround::LegalHold);
    assert_eq!(restriction.actor, "registrar");
    let get = GetTranscriptRequest { name: record, purpose: why("administration") };
    assert_eq!(sis.call(get).await.unwrap_err().reason, "SUBJECT_RESTRICTED");
    assert_eq!(erase(&registrar, &name).await.unwrap_err().reason, "LEGAL_HOLD");
    let held = overview(&registrar, &name).await.holdings;
    let holding = held.iter().find(|it| it.class == "transcripts.issued").unwrap();
    assert!(holding.legal_hold, "{holding:?}");
    assert!(holding.keep_until_time.is_some() && !holding.basis.is_empty());
}

pub async fn a_partner_with_a_duty_to_keep_says_so_and_restricts(place: Place) {
    let hold = FREE.replace("basis", "hold = true\nbasis");
    let (alpha, beta) = two_with(&place, FREE, &hold).await;
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    until(&sis, &sent, MessageState::Delivered).await;
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    erase(&registrar, &name).await.unwrap();
    until_told(&registrar, &name, NoticeKind::Erasure, NoticeState::Kept).await;
    let told = overview(&registrar, &name).await.notices.pop().unwrap();
    assert_eq!(told.rule, "transcripts.copies");
    assert!(told.keep_until_time.is_some());
    let there = learner_at(&beta.campus("registrar").await).await.unwrap();
    assert_eq!(there.restriction.unwrap().actor, "peers/alpha.example");
}

pub async fn what_has_come_to_its_date_is_gone_from_every_read(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    let mut beta = place.lab_node("beta.example").await;
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    let delivered = until(&sis, &sent, MessageState::Delivered).await;
    let registrar = beta.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    assert_eq!(list(&registrar, 50).await.len(), 1);
    let entries = "SELECT count(*) FROM evidence_entries";
    let tables = Tables::open(&beta.database_to_read()).await;
    let before = tables.number(entries).await;

    alpha.advance(31 * DAY_MS);
    let bodies = "SELECT count(*) FROM outbox WHERE length(payload) > 0";
    let at_alpha = Tables::open(&alpha.database_to_read()).await;
    eventually("bodies end", async || at_alpha.number(bodies).await == 0).await;
    assert_eq!(message(&sis, &sent).await.receipt, delivered.receipt, "the receipt stays");

    beta.advance(1827 * DAY_MS);
    eventually("it is gone", async || list(&registrar, 50).await.is_empty()).await;
    eventually("so is the person", async || learner_at(&registrar).await.is_err()).await;
    assert!(subject(&registrar, &name).await.erase_time.is_some());
    assert!(overview(&registrar, &name).await.holdings.is_empty());
    assert!(tables.number(entries).await > before, "the trail remains");
    // Alpha has a duty to keep what it issued, and keeps it.
    assert_eq!(list(&sis, 50).await.len(), 1);
}
