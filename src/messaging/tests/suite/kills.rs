//! Deaths between the commits: A has accepted, B has taken, A has stored the receipt.

use hei_messaging::outbox::State;
use hei_testkit::suite::Fresh;

use crate::cable::Cut;
use crate::two::{DAY, Two};

/// Each place at which the sender may die.
enum Place {
    BeforeTheCall,
    WhileTheCallIsLost,
    AfterTheReceiverCommitted,
}

pub async fn a_kill_at_any_place_loses_nothing_and_doubles_nothing(at: Fresh) {
    let mut two = Two::new(at).await;
    let places =
        [Place::BeforeTheCall, Place::WhileTheCallIsLost, Place::AfterTheReceiverCommitted];
    for (n, place) in places.into_iter().enumerate() {
        let text = format!("hello {n}");
        two.a.send(&two.b, &text).await;
        match place {
            Place::BeforeTheCall => {}
            Place::WhileTheCallIsLost => {
                two.exchange.cut(Cut::Before);
                two.a.send_due().await;
            }
            Place::AfterTheReceiverCommitted => {
                two.exchange.cut(Cut::Hang);
                tokio::select! {
                    () = two.a.send_due() => panic!("nobody has answered"),
                    reached = two.exchange.reached.acquire() => reached.unwrap().forget(),
                }
            }
        }
        two.a.restart().await;
        // On PostgreSQL the dead process still has its claim for a while.
        two.clock.advance(DAY / 24);
        two.a.send_due().await;
        assert_eq!(two.a.states().await[n], State::Delivered);
        assert_eq!(two.b.done().await[n], format!("taken: {text}"));
        assert_eq!(two.a.done().await[n], format!("answered: thanks for {text}"));
        assert_eq!((two.a.done().await.len(), two.b.done().await.len()), (n + 1, n + 1));
    }
}

pub async fn a_receiver_that_fails_before_its_commit_has_taken_nothing(at: Fresh) {
    let two = Two::new(at).await;
    two.b.notes.fail(true);
    two.a.send(&two.b, "hello").await;
    two.a.send_due().await;
    assert_eq!((two.b.done().await.len(), two.b.evidence().await.len()), (0, 0));
    assert_eq!(two.a.states().await, [State::Queued]);
    two.b.notes.fail(false);
    two.clock.advance(1_000);
    two.a.send_due().await;
    assert_eq!(two.b.done().await, ["taken: hello"]);
    assert_eq!(two.a.states().await, [State::Delivered]);
}

pub async fn a_receipt_that_does_not_verify_is_no_delivery(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(Cut::SpoiltReceipt);
    two.a.send_due().await;
    let rows = two.outbox().await;
    assert_eq!(
        (rows[0].state(), rows[0].last_reason.as_str()),
        (Some(State::Queued), "SIGNATURE_INVALID")
    );
    assert!(rows[0].signed_receipt().is_none() && two.a.done().await.is_empty());
    two.clock.advance(1_000);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered]);
    assert_eq!(two.b.done().await, ["taken: hello"]);
}
