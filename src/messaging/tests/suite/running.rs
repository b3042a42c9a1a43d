//! The loop itself, with real waiting.

use std::sync::Arc;

use hei_messaging::outbox::State;
use hei_messaging::peers;
use hei_testkit::suite::Fresh;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::cable::Cut;
use crate::two::{DAY, Two};

pub async fn a_running_sender_is_woken_by_a_commit_and_ends_what_it_began(at: Fresh) {
    let two = Two::new(at).await;
    let (stop, gate) = (CancellationToken::new(), Arc::new(Semaphore::new(0)));
    two.exchange.cut(Cut::Gate(gate.clone()));
    let running = two.a.messaging.clone().run(stop.clone());
    let story = async {
        two.a.send(&two.b, "hello").await;
        two.exchange.reached.acquire().await.unwrap().forget();
        stop.cancel();
        assert_eq!(two.a.states().await, [State::Queued]);
        gate.add_permits(1);
    };
    tokio::join!(running, story);
    assert_eq!(two.a.states().await, [State::Delivered]);
    assert_eq!(two.a.done().await, ["answered: thanks for hello"]);
}

pub async fn a_running_sender_learns_of_newer_descriptors(at: Fresh) {
    let mut two = Two::new(at).await;
    let pinned = async |two: &Two| {
        let reader = two.a.store.reader();
        let known = peers::find(&reader, two.a.institution.id, two.b.domain()).await;
        known.unwrap().unwrap().pinned.version
    };
    let first = pinned(&two).await;
    two.clock.advance(100 * DAY);
    two.b.restart().await;
    let stop = CancellationToken::new();
    let running = two.a.messaging.clone().run(stop.clone());
    let story = async {
        let mut commits = two.a.store.commits();
        while pinned(&two).await == first {
            commits.changed().await.unwrap();
        }
        stop.cancel();
    };
    tokio::join!(running, story);
    assert!(pinned(&two).await > first);
    let book = two.a.messaging.desk().book().peer(two.b.domain()).unwrap();
    assert_eq!(book.pinned.version, pinned(&two).await);
}
