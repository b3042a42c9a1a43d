//! The good way, and repeats of it.

use hei_messaging::outbox::State;
use hei_messaging::receipt::{self, About};
use hei_messaging::{envelope, outbox};
use hei_proto::hei::messaging::v1::Receipt;
use hei_store::{Conn, Engine, Failed, subjects};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Refused};
use prost::Message as _;

use crate::two::{START, Two, note};

pub async fn a_message_arrives_once_and_its_receipt_verifies(at: Fresh) {
    let two = Two::new(at).await;
    let id = two.a.send(&two.b, "hello").await;
    two.a.send_due().await;
    two.a.send_due().await;
    assert_eq!(two.b.done().await, ["taken: hello"]);
    assert_eq!(two.a.done().await, ["answered: thanks for hello"]);

    let row = outbox::find(&two.a.store.reader(), two.a.institution.id, id).await.unwrap().unwrap();
    assert_eq!(
        (row.state(), row.attempts, row.deliver_ms),
        (Some(State::Delivered), 1, Some(START.0))
    );
    let header = envelope::read(&row.header).unwrap();
    assert_eq!((header.sender.as_str(), header.audience.as_str()), ("a.example", "b.example"));
    assert_eq!(header.legal_basis, "GDPR Art. 6(1)(e)");
    assert_eq!((header.data_categories, header.order_seq), (vec!["achievements".to_owned()], 1));
    let b = two.a.messaging.desk().book().peer(two.b.domain()).unwrap();
    let header = envelope::read(&row.header).unwrap();
    let about = About { header: &header, header_bytes: &row.header, answer: b"thanks for hello" };
    receipt::verify(&row.signed_receipt().unwrap(), about, &b.pinned).unwrap();
    assert_eq!(two.exchange.requests().len(), 1);
}

pub async fn a_send_is_three_commits(at: Fresh) {
    let two = Two::new(at).await;
    let (a, b) = (two.a.commits(), two.b.commits());
    two.a.send(&two.b, "hello").await;
    two.a.send_due().await;
    let claim = match two.a.store.engine() {
        Engine::Sqlite => 0,
        Engine::Postgres => 1,
    };
    assert_eq!((two.a.commits() - a, two.b.commits() - b), (2 + claim, 1));
}

pub async fn both_sides_keep_evidence_of_it(at: Fresh) {
    let two = Two::new(at).await;
    let id = two.a.enqueue(note(&two.b, "hello", "key")).await.unwrap();
    two.a.send_due().await;
    assert_eq!(
        two.a.evidence().await,
        [("delivered".into(), "".into()), ("sent".into(), "".into())]
    );
    assert_eq!(two.b.evidence().await, [("received".to_owned(), String::new())]);

    let of = |leaves: Vec<hei_proto::hei::messaging::v1::EvidenceLeaf>| {
        leaves.into_iter().filter(|leaf| leaf.message_id == id.to_string()).collect::<Vec<_>>()
    };
    let (a, b) = (of(two.a.leaves().await), of(two.b.leaves().await));
    assert_eq!((a.len(), b.len()), (2, 1));
    assert!(a.iter().all(|leaf| leaf.header_sha256 == b[0].header_sha256));
    // The receipt names the receiver's own entry.
    let rows = two.outbox().await;
    let receipt = Receipt::decode(rows[0].signed_receipt().unwrap().receipt).unwrap();
    assert_eq!(receipt.leaf_hash, hei_evidence::log::leaf_hash(&b[0].encode_to_vec())[..]);
    let told = format!("{:?}{:?}", two.a.leaves().await, two.b.leaves().await);
    assert!(!told.contains("hello"), "content in the evidence");
}

pub async fn the_same_envelope_gets_the_same_receipt_byte_for_byte(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.a.send_due().await;
    let mut again = two.last_request();
    let first = two.b.messaging.deliver(two.a.domain(), again.clone()).await.unwrap();
    assert_eq!(first.receipt, two.outbox().await[0].signed_receipt());
    assert_eq!(first.answer, "thanks for hello");
    two.clock.advance(100_000);
    again.send_time = Some(START.plus(100_000).to_timestamp());
    let second = two.b.messaging.deliver(two.a.domain(), again).await.unwrap();
    assert_eq!(first.encode_to_vec(), second.encode_to_vec());
    assert_eq!(two.b.done().await, ["taken: hello"]);
    assert_eq!(two.b.evidence().await.len(), 1);
}

pub async fn the_same_envelope_twice_at_once_has_one_effect(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(crate::cable::Cut::Before);
    two.a.send_due().await;
    let request = two.last_request();
    let deliver = || two.b.messaging.deliver(two.a.domain(), request.clone());
    let (one, other, third) = tokio::join!(deliver(), deliver(), deliver());
    assert_eq!(one.clone().unwrap(), other.unwrap());
    assert_eq!(one.unwrap(), third.unwrap());
    assert_eq!(two.b.done().await, ["taken: hello"]);
}

pub async fn messages_of_one_key_arrive_in_order_and_others_need_not_wait(at: Fresh) {
    let two = Two::new(at).await;
    for text in ["1", "2", "3", "4"] {
        two.a.enqueue(note(&two.b, text, "key")).await.unwrap();
    }
    two.exchange.cut(crate::cable::Cut::Before);
    two.a.enqueue(note(&two.b, "other", "other key")).await.unwrap();
    two.a.send_due().await;
    two.clock.advance(2_000);
    two.a.send_due().await;
    let done = two.b.done().await;
    let of_key: Vec<_> = done.iter().filter(|d| !d.ends_with("other")).collect();
    assert_eq!(of_key, ["taken: 1", "taken: 2", "taken: 3", "taken: 4"]);
    assert_eq!(done.len(), 5);
    let numbers: Vec<_> = two.outbox().await.iter().map(|row| row.order_seq).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [1, 1, 2, 3, 4]);
}

pub async fn a_failed_business_change_sends_nothing(at: Fresh) {
    let two = Two::new(at).await;
    let (desk, message, person) = (two.a.desk(), note(&two.b, "hello", "key"), two.a.person);
    let work = async move |conn: Conn| {
        outbox::enqueue(&conn, &desk, message, Some(person), START).await?;
        Err::<(), Failed>(Refused::new(Code::FailedPrecondition, "DEADLINE_PASSED", "late").into())
    };
    assert!(two.a.store.transact(work).await.is_err());
    assert!(two.outbox().await.is_empty() && two.a.evidence().await.is_empty());
    // And its number is given again.
    two.a.enqueue(note(&two.b, "hello", "key")).await.unwrap();
    assert_eq!(two.outbox().await[0].order_seq, 1);
}

pub async fn an_answer_that_nobody_can_use_does_not_undo_the_delivery(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "nothing").await;
    two.a.send_due().await;
    let rows = two.outbox().await;
    assert_eq!(rows[0].state(), Some(State::Delivered));
    assert_eq!(rows[0].last_reason, "ILLEGAL_TRANSITION");
    assert!(rows[0].signed_receipt().is_some());
    assert_eq!(two.a.done().await, Vec::<String>::new());
}

pub async fn after_an_erasure_a_repeat_gets_the_receipt_and_no_answer(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(crate::cable::Cut::After);
    two.a.send_due().await;
    erase(&two.b).await;
    two.clock.advance(2_000);
    two.a.send_due().await;
    let rows = two.outbox().await;
    assert_eq!(rows[0].state(), Some(State::Delivered));
    assert_eq!(two.a.done().await, Vec::<String>::new(), "there is no answer to learn");
    let mut again = two.last_request();
    again.send_time = Some(START.plus(2_000).to_timestamp());
    let repeat = two.b.messaging.deliver(two.a.domain(), again).await.unwrap();
    assert_eq!((repeat.receipt, repeat.answer.len()), (rows[0].signed_receipt(), 0));
}

pub async fn what_an_erased_person_was_to_be_sent_is_not_sent(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    let sealed = &two.outbox().await[0].payload;
    assert!(!sealed.windows(5).any(|w| w == b"hello"), "in clear");
    erase(&two.a).await;
    two.a.send_due().await;
    let rows = two.outbox().await;
    assert_eq!(
        (rows[0].state(), rows[0].last_reason.as_str()),
        (Some(State::Dead), "SUBJECT_ERASED")
    );
    assert!(two.exchange.requests().is_empty() && two.b.done().await.is_empty());
}

async fn erase(node: &crate::two::Node) {
    let (institution, person) = (node.institution.id, node.person);
    let work = async move |conn: Conn| subjects::erase(&conn, institution, person, START).await;
    node.store.transact(work).await.unwrap();
}
