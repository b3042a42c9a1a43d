//! Partners whose programs are of different age. Letters are a kind of the laboratory that
//! has two versions (tests/lab-node); which of them a node takes, its environment says.

use hei_proto::hei::messaging::v1::{ListMessagesRequest, Message, MessageState, NodeDescriptor};
use hei_proto::hei::node::v1::GetPeerRequest;
use hei_testkit::client::Client;
use hei_testkit::lab::LabNode;
use hei_testkit::letters::{TAKEN, WriteRequest};
use prost::Message as _;

use crate::alliance::{Place, befriend, eventually, message, on_each_engine, until};

/// Ends a node and starts it as a version that takes these letters.
fn upgraded(node: &mut LabNode, letters: &str) {
    node.terminate();
    node.set_variable(TAKEN, letters.to_owned());
    node.start();
}

async fn write(sis: &Client, about: &str, postcard: bool) -> String {
    let request = WriteRequest { to: "beta.example".to_owned(), about: about.to_owned(), postcard };
    sis.call(request).await.unwrap().message
}

/// Waits until alpha has pinned the descriptor that lists this kind.
async fn until_known(alpha: &LabNode, kind: &str) {
    let operator = alpha.operator().await;
    eventually("alpha learns what beta takes", async || {
        let request = GetPeerRequest { name: "peers/beta.example".to_owned() };
        let peer = operator.call(request).await.unwrap();
        let pinned = NodeDescriptor::decode(peer.descriptor).unwrap();
        pinned.kinds.iter().any(|known| known == kind)
    })
    .await;
}

fn stands(message: &Message) -> (MessageState, &str, u32) {
    (message.state(), message.last_reason.as_str(), message.kind_version)
}

async fn a_kind_that_the_partner_does_not_know_waits_and_goes_after_its_upgrade(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    let mut beta = place.lab_node("beta.example").await;
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    let sis = alpha.campus("sis").await;
    let letter = write(&sis, "one", false).await;
    let behind = write(&sis, "one", true).await;
    let other = write(&sis, "two", true).await;
    // Other kinds pass; what follows about the same thing waits; nobody was asked in vain.
    until(&sis, &other, MessageState::Delivered).await;
    let waits = message(&sis, &letter).await;
    assert_eq!(stands(&waits), (MessageState::Held, "KIND_UNKNOWN", 0));
    assert_eq!((waits.attempts, waits.next_attempt_time, waits.signature.len()), (0, None, 0));
    assert_eq!(stands(&message(&sis, &behind).await), (MessageState::Queued, "", 1));
    // It is listed, on the wire and for the operator.
    let held = ListMessagesRequest { state: MessageState::Held.into(), ..Default::default() };
    let held = alpha.operator().await.call(held).await.unwrap().messages;
    assert_eq!(held.iter().map(|one| &one.name).collect::<Vec<_>>(), [&letter]);
    let told = alpha.command(&["message", "list", "--state", "held", "--to", "beta.example"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.lines().count() == 1 && told.contains(&letter), "{told}");
    assert!(told.contains("hei.lab.letter") && told.contains("goes by itself"), "{told}");
    // Nobody does anything at alpha, and the older version is the one that beta learns first.
    upgraded(&mut beta, "1");
    let gone = until(&sis, &letter, MessageState::Delivered).await;
    assert_eq!((gone.kind_version, gone.attempts), (1, 1));
    assert!(gone.receipt.is_some());
    until(&sis, &behind, MessageState::Delivered).await;
    let next = until(&sis, &write(&sis, "one", false).await, MessageState::Delivered).await;
    assert_eq!(next.kind_version, 1);
    // Both know both: the newest goes.
    upgraded(&mut beta, "1,2");
    until_known(&alpha, "hei.lab.letter/2").await;
    let next = until(&sis, &write(&sis, "one", false).await, MessageState::Delivered).await;
    assert_eq!(next.kind_version, 2);
}

async fn a_partner_that_forgets_a_kind_is_asked_again_when_it_is_back(place: Place) {
    let mut alpha = place.lab_node("alpha.example").await;
    let mut beta = place.lab_node("beta.example").await;
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    beta.set_variable(TAKEN, "1,2".to_owned());
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    let sis = alpha.campus("sis").await;
    // An operator goes back to the program before while a letter is on its way.
    beta.terminate();
    let letter = write(&sis, "one", false).await;
    eventually("an attempt fails", async || message(&sis, &letter).await.attempts > 0).await;
    beta.set_variable(TAKEN, String::new());
    beta.start();
    let held = until(&sis, &letter, MessageState::Held).await;
    assert_eq!(stands(&held), (MessageState::Held, "KIND_UNKNOWN", 2));
    upgraded(&mut beta, "1,2");
    let gone = until(&sis, &letter, MessageState::Delivered).await;
    assert_eq!((gone.header, gone.kind_version), (held.header, 2), "what was sent is not changed");
}

on_each_engine!(
    a_kind_that_the_partner_does_not_know_waits_and_goes_after_its_upgrade,
    a_partner_that_forgets_a_kind_is_asked_again_when_it_is_back,
);
