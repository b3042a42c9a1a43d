//! Queues that wait, each for its own reason, and go on when the cause is gone.

use hei_messaging::outbox::State;
use hei_testkit::suite::Fresh;
use hei_values::Outgoing;

use crate::cable::Cut;
use crate::two::{DAY, SECOND, Two, note};

pub async fn a_peer_that_is_down_gets_its_messages_when_it_is_back(at: Fresh) {
    let two = Two::new(at).await;
    two.exchange.unplug(two.b.domain());
    for text in ["1", "2", "3"] {
        two.a.send(&two.b, text).await;
    }
    for _ in 0..20 {
        two.a.send_due().await;
        two.clock.advance(SECOND);
    }
    // At 0, 1, 3, 7, 15 s at the latest, and each time but the first by one message.
    let calls = two.exchange.requests().len();
    assert!((5..=10).contains(&calls), "{calls} calls in 20 s");
    let rows = two.outbox().await;
    assert!(rows.iter().all(|row| row.state() == Some(State::Queued)));
    assert!(
        rows.iter().any(|row| row.last_reason == "PEER_UNREACHABLE" && !row.last_error.is_empty())
    );
    two.exchange.plug_in(&two.b.messaging);
    two.clock.advance(60 * SECOND);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered; 3]);
    assert_eq!(two.b.done().await.len(), 3);
}

pub async fn a_call_from_the_peer_wakes_its_queue(at: Fresh) {
    let two = Two::new(at).await;
    two.exchange.unplug(two.b.domain());
    two.a.send(&two.b, "hello").await;
    for _ in 0..9 {
        two.a.send_due().await;
        two.clock.advance(400 * SECOND);
    }
    two.a.send_due().await;
    two.exchange.plug_in(&two.b.messaging);
    two.clock.advance(6 * SECOND);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Queued], "it is not yet time");
    two.b.send(&two.a, "I am back").await;
    two.b.send_due().await;
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered]);
}

pub async fn what_is_queued_for_a_suspended_peer_waits_until_it_is_resumed(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "before").await;
    two.a.suspend(&two.b).await.unwrap();
    two.a.send(&two.b, "after").await;
    two.a.send_due().await;
    for row in two.outbox().await {
        assert_eq!((row.state(), row.last_reason.as_str()), (Some(State::Held), "PEER_SUSPENDED"));
    }
    assert!(two.exchange.requests().is_empty());
    let refused = two.a.messaging.deliver(two.b.domain(), Default::default()).await.unwrap_err();
    assert_eq!(refused.reason, "PEER_SUSPENDED");
    two.a.resume(&two.b).await.unwrap();
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered; 2]);
}

pub async fn a_node_that_suspended_us_holds_the_whole_queue_and_nothing_ages(at: Fresh) {
    let two = Two::new(at).await;
    two.b.suspend(&two.a).await.unwrap();
    for text in ["1", "2", "3"] {
        two.a.send(&two.b, text).await;
    }
    two.a.send_due().await;
    for _ in 0..30 {
        two.clock.advance(DAY);
        two.a.send_due().await;
    }
    let rows = two.outbox().await;
    assert!(rows.iter().all(|row| row.state() == Some(State::Held)), "{:?}", two.a.states().await);
    assert!(rows.iter().all(|row| row.last_reason == "PEER_SUSPENDED"));
    two.b.resume(&two.a).await.unwrap();
    two.clock.advance(DAY);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered; 3]);
}

pub async fn a_kind_that_the_peer_does_not_know_waits_with_what_follows_and_holds_up_no_other(
    at: Fresh,
) {
    let two = Two::new(at).await;
    two.b.notes.know(false);
    let letter =
        |text: &str, key: &str| Outgoing { kind: "hei.test.letter", ..note(&two.b, text, key) };
    for message in [
        note(&two.b, "note 1", "one"),
        letter("letter 1", "one"),
        note(&two.b, "note 2", "two"),
        letter("letter 2", "other"),
    ] {
        two.a.enqueue(message).await.unwrap();
    }
    two.a.send_due().await;
    let mut states: Vec<_> =
        two.outbox().await.iter().map(|row| (row.kind.clone(), row.state.clone())).collect();
    states.sort();
    let pair = |kind: &str, state: &str| (format!("hei.test.{kind}"), state.to_owned());
    assert_eq!(
        states,
        [
            pair("letter", "delivered"),
            pair("letter", "queued"),
            pair("note", "held"),
            pair("note", "held"),
        ]
    );
    assert_eq!(two.b.done().await, ["taken: letter 2"]);
    two.clock.advance(30 * DAY);
    two.a.send_due().await;
    assert!(!two.a.states().await.contains(&State::Dead), "a held message does not age");
    two.b.notes.know(true);
    two.clock.advance(DAY);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered; 4]);
    let done = two.b.done().await;
    let place = |text: &str| done.iter().position(|d| d == &format!("taken: {text}")).unwrap();
    assert!(place("note 1") < place("letter 1"));
}

pub async fn wrong_clocks_hold_the_queue_until_they_are_right(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(Cut::Late(two.clock.clone(), 121 * SECOND));
    two.a.send_due().await;
    let rows = two.outbox().await;
    assert_eq!((rows[0].state(), rows[0].last_reason.as_str()), (Some(State::Held), "CLOCK_SKEW"));
    two.clock.advance(SECOND);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered]);
}

pub async fn a_message_that_the_peer_fails_on_does_not_block_the_others(at: Fresh) {
    let two = Two::new(at).await;
    two.a.enqueue(note(&two.b, "poison", "one")).await.unwrap();
    two.a.enqueue(note(&two.b, "behind", "one")).await.unwrap();
    for n in 0..10 {
        two.a.send(&two.b, &format!("{n}")).await;
    }
    two.a.send_due().await;
    assert_eq!(two.b.done().await.len(), 10);
    let waiting: Vec<_> =
        two.outbox().await.into_iter().filter(|r| r.state() == Some(State::Queued)).collect();
    assert_eq!(waiting.len(), 2);
    let poison = waiting.iter().find(|row| row.attempts == 1).unwrap();
    assert_eq!(poison.last_reason, "INTERNAL");
    assert!(poison.next_attempt_ms > crate::two::START.0);
}
