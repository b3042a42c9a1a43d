//! A message goes once, whatever happens to either end on the way.

use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_proto::hei::messaging::v1::{ListMessagesRequest, MessageState, ReplayMessageRequest};
use hei_proto::hei::node::v1::{RemovePeerRequest, ResumePeerRequest, SuspendPeerRequest};
use hei_testkit::nodes::Node;
use hei_testkit::proxy::Proxy;

use crate::alliance::{
    Place, befriend, eventually, imported, list, message, on_each_engine, send, trust, two, until,
    why,
};

async fn a_transcript_goes_from_a_to_b_and_b_shows_the_same_achievements(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let name = imported(&sis, "X").await;
    let sent = send(&sis, &name, "beta.example").await.unwrap();
    let delivered = until(&sis, &sent, MessageState::Delivered).await;
    assert!(delivered.receipt.is_some());
    let registrar = beta.campus("registrar").await;
    let there = list(&registrar, 50).await;
    assert_eq!((there.len(), there[0].sender.as_str()), (1, "peers/alpha.example"));
    let get =
        |name: &str| GetTranscriptRequest { name: name.to_owned(), purpose: why("recognition") };
    let (a, b) =
        (sis.call(get(&name)).await.unwrap(), registrar.call(get(&there[0].name)).await.unwrap());
    assert_eq!((a.achievements, a.learner, a.issuer), (b.achievements, b.learner, b.issuer));
}

async fn a_send_to_a_peer_that_is_down_is_delivered_when_it_is_back(place: Place) {
    let (alpha, mut beta) = two(&place).await;
    beta.kill();
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    eventually("an attempt fails", async || message(&sis, &sent).await.attempts > 0).await;
    assert_eq!(message(&sis, &sent).await.state(), MessageState::Queued);
    beta.start();
    until(&sis, &sent, MessageState::Delivered).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await.len(), 1);
}

async fn what_is_queued_for_a_suspended_peer_waits_until_it_is_resumed(place: Place) {
    let (alpha, beta) = two(&place).await;
    let operator = alpha.operator().await;
    let name = "peers/beta.example".to_owned();
    operator.call(SuspendPeerRequest { name: name.clone(), ..Default::default() }).await.unwrap();
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    let held = until(&sis, &sent, MessageState::Held).await;
    assert_eq!(held.last_reason, "PEER_SUSPENDED");
    assert_eq!(list(&beta.campus("registrar").await, 50).await, []);
    operator.call(ResumePeerRequest { name, ..Default::default() }).await.unwrap();
    until(&sis, &sent, MessageState::Delivered).await;
}

async fn a_peer_that_suspends_us_says_so_and_our_queue_waits(place: Place) {
    let (alpha, beta) = two(&place).await;
    let operator = beta.operator().await;
    let name = "peers/alpha.example".to_owned();
    operator.call(SuspendPeerRequest { name: name.clone(), ..Default::default() }).await.unwrap();
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    eventually("the refusal arrives", async || {
        message(&sis, &sent).await.last_reason == "PEER_SUSPENDED"
    })
    .await;
    operator.call(ResumePeerRequest { name: name.clone(), ..Default::default() }).await.unwrap();
    until(&sis, &sent, MessageState::Delivered).await;
    operator.call(RemovePeerRequest { name, ..Default::default() }).await.unwrap();
    let sent = send(&sis, &imported(&sis, "Y").await, "beta.example").await.unwrap();
    eventually("the refusal arrives", async || {
        message(&sis, &sent).await.last_reason == "PEER_UNTRUSTED"
    })
    .await;
    trust(&beta, &alpha).await.unwrap();
    until(&sis, &sent, MessageState::Delivered).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await.len(), 2);
}

/// Alpha reaches beta through a proxy that can lose what beta answers.
async fn through_a_proxy(place: &Place) -> (Node, Node, Proxy) {
    let mut alpha = place.node("alpha.example").await;
    let mut beta = place.node("beta.example").await;
    let proxy = Proxy::start(beta.ports.peer).await;
    beta.peer_door = proxy.address;
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    (alpha, beta, proxy)
}

async fn killed_between_acceptance_and_delivery_the_sender_loses_nothing(place: Place) {
    let (mut alpha, mut beta) = two(&place).await;
    beta.kill();
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    alpha.kill();
    beta.start();
    alpha.start();
    let sis = alpha.campus("sis").await;
    until(&sis, &sent, MessageState::Delivered).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await.len(), 1);
}

async fn a_sender_killed_between_the_effect_and_the_receipt_doubles_nothing(place: Place) {
    killed_before_the_receipt(&place, |alpha, _| alpha).await;
}

async fn a_receiver_killed_between_the_effect_and_the_receipt_doubles_nothing(place: Place) {
    killed_before_the_receipt(&place, |_, beta| beta).await;
}

async fn killed_before_the_receipt(
    place: &Place,
    victim: impl for<'n> Fn(&'n mut Node, &'n mut Node) -> &'n mut Node,
) {
    let (mut alpha, mut beta, proxy) = through_a_proxy(place).await;
    let sis = alpha.campus("sis").await;
    let first = send(&sis, &imported(&sis, "W").await, "beta.example").await.unwrap();
    until(&sis, &first, MessageState::Delivered).await;
    proxy.mute(true);
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    let registrar = beta.campus("registrar").await;
    eventually("beta takes it", async || list(&registrar, 50).await.len() == 2).await;
    eventually("the answer is lost", async || proxy.lost_bytes() > 0).await;
    assert_ne!(message(&sis, &sent).await.state(), MessageState::Delivered);
    let victim = victim(&mut alpha, &mut beta);
    victim.kill();
    proxy.mute(false);
    victim.start();
    let sis = alpha.campus("sis").await;
    until(&sis, &sent, MessageState::Delivered).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await.len(), 2);
}

async fn killed_after_the_receipt_nothing_is_sent_again(place: Place) {
    let (mut alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let sent = send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    let delivered = until(&sis, &sent, MessageState::Delivered).await;
    alpha.kill();
    alpha.start();
    let sis = alpha.campus("sis").await;
    // A later message is delivered, so the sender has looked at its queue.
    let later = send(&sis, &imported(&sis, "Y").await, "beta.example").await.unwrap();
    until(&sis, &later, MessageState::Delivered).await;
    assert_eq!(message(&sis, &sent).await, delivered);
    assert_eq!(list(&beta.campus("registrar").await, 50).await.len(), 2);
}

async fn a_dead_letter_is_listed_explained_and_replayed(place: Place) {
    let mut alpha = place.node("alpha.example").await;
    // Beta takes less of attachments than alpha sends.
    let small = "[credentials]\nattachment_bytes_max = 10\n";
    let mut beta = place.node("beta.example").await.with(small);
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    let sis = alpha.campus("sis").await;
    let course = hei_testkit::documents::Course::of("alpha.example", "urn:x", "X").elmo();
    let attachment = format!(
        "<attachment><title xml:lang=\"en\">Scan</title><type>Other</type>\
         <content xml:lang=\"en\">data:text/plain;base64,{}</content></attachment></report>",
        "SGVsbG8h".repeat(200)
    );
    let document = String::from_utf8(course).unwrap().replace("</report>", &attachment);
    let record = crate::alliance::import(&sis, document.into_bytes()).await.unwrap();
    let sent = send(&sis, &record.transcripts[0].name, "beta.example").await.unwrap();
    let dead = until(&sis, &sent, MessageState::Dead).await;
    assert_eq!(dead.last_reason, "TOO_LARGE");
    assert!(dead.last_error.contains("attachment"), "{}", dead.last_error);
    let registrar = alpha.campus("registrar").await;
    let listed = ListMessagesRequest { state: MessageState::Dead.into(), ..Default::default() };
    let listed = registrar.call(listed).await.unwrap().messages;
    assert_eq!(listed.iter().map(|m| &m.name).collect::<Vec<_>>(), [&sent]);
    // The partner raises its limit; the letter goes.
    beta.terminate();
    let config = std::fs::read_to_string(beta.config()).unwrap();
    std::fs::write(beta.config(), config.replace("attachment_bytes_max = 10", "")).unwrap();
    beta.start();
    registrar
        .call(ReplayMessageRequest { name: sent.clone(), ..Default::default() })
        .await
        .unwrap();
    until(&sis, &sent, MessageState::Delivered).await;
    let again = ReplayMessageRequest { name: sent, ..Default::default() };
    assert_eq!(registrar.call(again).await.unwrap_err().reason, "ILLEGAL_TRANSITION");
}

on_each_engine!(
    a_transcript_goes_from_a_to_b_and_b_shows_the_same_achievements,
    a_send_to_a_peer_that_is_down_is_delivered_when_it_is_back,
    what_is_queued_for_a_suspended_peer_waits_until_it_is_resumed,
    a_peer_that_suspends_us_says_so_and_our_queue_waits,
    killed_between_acceptance_and_delivery_the_sender_loses_nothing,
    a_sender_killed_between_the_effect_and_the_receipt_doubles_nothing,
    a_receiver_killed_between_the_effect_and_the_receipt_doubles_nothing,
    killed_after_the_receipt_nothing_is_sent_again,
    a_dead_letter_is_listed_explained_and_replayed,
);
