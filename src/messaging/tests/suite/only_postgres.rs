//! What only PostgreSQL has: several processes over one database.

use hei_messaging::outbox::State;

use crate::notes::migrations;
use crate::two::{Two, note};

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_of_a_node_send_no_message_twice() {
    let Some(at) = hei_testkit::suite::postgres("messaging", migrations).await else { return };
    let mut two = Two::new(at).await;
    for n in 0..20 {
        two.a.enqueue(note(&two.b, &format!("{n}"), &format!("{}", n % 5))).await.unwrap();
    }
    let first = two.a.messaging.clone();
    two.a.restart().await;
    let (one, other) = tokio::join!(first.send_due(), two.a.messaging.send_due());
    one.and(other).unwrap();
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered; 20]);
    assert_eq!(two.exchange.requests().len(), 20);
    assert_eq!((two.b.done().await.len(), two.a.done().await.len()), (20, 20));
}
