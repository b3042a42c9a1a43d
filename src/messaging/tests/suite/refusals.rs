//! What is not sent, and what is not taken: each with its reason, evidence, no effect.

use std::sync::Arc;

use hei_evidence::keys::Keyring;
use hei_messaging::{envelope, inbox};
use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use hei_testkit::suite::Fresh;
use hei_values::{Code, HeiId, Millis, Outgoing, Purpose};

use crate::cable::Cut;
use crate::two::{DAY, START, Two, note, versions};

pub async fn what_may_not_leave_is_refused_when_it_is_queued(at: Fresh) {
    let two = Two::new(at).await;
    let to_b = || note(&two.b, "hello", "key");
    let stranger: HeiId = "c.example".parse().unwrap();
    for (message, code, reason) in [
        (
            Outgoing { purpose: Purpose::Admission, ..to_b() },
            Code::PermissionDenied,
            "PURPOSE_NOT_AGREED",
        ),
        (Outgoing { to: stranger, ..to_b() }, Code::PermissionDenied, "PEER_UNTRUSTED"),
        (
            Outgoing { versions: versions(&"x".repeat(101)), ..to_b() },
            Code::ResourceExhausted,
            "TOO_LARGE",
        ),
    ] {
        let refused = two.a.enqueue(message).await.unwrap_err();
        assert_eq!((refused.code, refused.reason), (code, reason));
    }
    assert!(two.outbox().await.is_empty() && two.a.evidence().await.is_empty());
    two.a.enqueue(Outgoing { versions: versions(&"x".repeat(100)), ..to_b() }).await.unwrap();
}

/// A note that was signed and did not get through, to be played with.
async fn caught(two: &Two) -> DeliverRequest {
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(Cut::Before);
    two.a.send_due().await;
    two.last_request()
}

/// The same with a changed header, signed by some keys.
fn signed_again(
    request: &DeliverRequest,
    keys: &Arc<Keyring>,
    change: impl FnOnce(&mut EnvelopeHeader),
) -> DeliverRequest {
    let mut header = envelope::read(&request.header).unwrap();
    change(&mut header);
    let signed = envelope::sign(keys, header, &request.payload).unwrap();
    let (header, signature) = (signed.header.into(), signed.signature.into());
    DeliverRequest { header, signature, ..request.clone() }
}

pub async fn a_bad_envelope_has_no_effect_and_leaves_evidence(at: Fresh) {
    let two = Two::new(at).await;
    let good = caught(&two).await;
    let foreign = signed_again(&good, &two.b.keys, |_| {});
    let elsewhere = signed_again(&good, &two.a.keys, |h| h.audience = "c.example".into());
    let unknown = signed_again(&good, &two.a.keys, |h| h.kind = "hei.test.other".into());
    let altered = DeliverRequest { payload: "hellx".into(), ..good.clone() };
    let stale =
        DeliverRequest { send_time: Some(START.plus(-120_001).to_timestamp()), ..good.clone() };
    let mut expected = Vec::new();
    for (request, code, reason) in [
        (altered, Code::Unauthenticated, "SIGNATURE_INVALID"),
        (foreign, Code::Unauthenticated, "SIGNATURE_INVALID"),
        (stale, Code::Unauthenticated, "CLOCK_SKEW"),
        (elsewhere, Code::InvalidArgument, "WRONG_AUDIENCE"),
        (unknown, Code::Unimplemented, "KIND_UNKNOWN"),
    ] {
        let refused = two.b.messaging.deliver(two.a.domain(), request).await.unwrap_err();
        assert_eq!((refused.code, refused.reason), (code, reason));
        expected.push(("refused".to_owned(), reason.to_owned()));
    }
    expected.sort();
    assert_eq!(two.b.evidence().await, expected);
    assert_eq!(two.b.done().await, Vec::<String>::new());
    // And the good one is as good as before.
    two.b.messaging.deliver(two.a.domain(), good).await.unwrap();
}

pub async fn one_identifier_with_two_contents_is_a_conflict(at: Fresh) {
    let two = Two::new(at).await;
    let good = caught(&two).await;
    two.b.messaging.deliver(two.a.domain(), good.clone()).await.unwrap();
    let other = DeliverRequest { payload: "other".into(), ..good };
    let other = signed_again(&other, &two.a.keys, |_| {});
    let refused = two.b.messaging.deliver(two.a.domain(), other).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::AlreadyExists, "ID_CONFLICT"));
    assert_eq!(two.b.done().await, ["taken: hello"]);
    assert!(two.b.evidence().await.contains(&("refused".into(), "ID_CONFLICT".into())));
}

pub async fn another_peer_cannot_repeat_a_message(at: Fresh) {
    let two = Two::new(at).await;
    let good = caught(&two).await;
    let files = match two.a.store.engine() {
        hei_store::Engine::Sqlite => hei_testkit::suite::sqlite(crate::notes::migrations).await,
        hei_store::Engine::Postgres => {
            hei_testkit::suite::postgres("messaging", crate::notes::migrations).await.unwrap()
        }
    };
    let store = files.store.clone();
    let c = crate::two::Node::new(31, "c.example", store, &two.clock, &two.exchange).await;
    two.b.add(&c).await.unwrap();
    let refused = two.b.messaging.deliver(c.domain(), good.clone()).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::PermissionDenied, "SENDER_MISMATCH"));
    // Nor is c's own key good for a's name.
    let forged = signed_again(&good, &c.keys, |_| {});
    let refused = two.b.messaging.deliver(two.a.domain(), forged).await.unwrap_err();
    assert_eq!(refused.reason, "SIGNATURE_INVALID");
    assert_eq!(two.b.done().await, Vec::<String>::new());
}

pub async fn after_the_memory_of_the_inbox_a_repeat_is_a_replay(at: Fresh) {
    let two = Two::new(at).await;
    let mut good = caught(&two).await;
    two.b.messaging.deliver(two.a.domain(), good.clone()).await.unwrap();
    let sweep = async |at: Millis| {
        let institution = two.b.institution.id;
        let work = async move |conn| inbox::sweep(&conn, institution, at).await;
        two.b.store.transact(work).await.unwrap()
    };
    assert_eq!(sweep(START.plus(90 * DAY)).await, 0);
    assert_eq!(sweep(START.plus(90 * DAY + 1)).await, 1);
    two.clock.advance(90 * DAY + 1);
    good.send_time = Some(START.plus(90 * DAY + 1).to_timestamp());
    let refused = two.b.messaging.deliver(two.a.domain(), good).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "REPLAYED"));
    assert_eq!(two.b.done().await, ["taken: hello"]);
}

pub async fn a_rule_that_refuses_inside_the_transaction_leaves_nothing(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "too late").await;
    two.a.send_due().await;
    assert_eq!(two.b.done().await, Vec::<String>::new());
    assert_eq!(two.b.evidence().await, [("refused".to_owned(), "DEADLINE_PASSED".to_owned())]);
    assert_eq!(two.a.states().await, [hei_messaging::outbox::State::Dead]);
}
