//! Dead letters: listed, explained, replayable.

use hei_messaging::outbox::{self, Filter, Row, State};
use hei_store::Conn;
use hei_testkit::suite::Fresh;
use hei_values::{Code, Id, Refused};

use crate::two::{DAY, Two, note};

async fn replay(two: &Two, row: &Row, etag: &str) -> Result<Row, Refused> {
    let (desk, id, etag) = (two.a.desk(), Id(row.id), etag.to_owned());
    let now = crate::two::START;
    let work =
        async move |conn: Conn| outbox::replay(&conn, &desk, id, &etag, "registrar", now).await;
    two.a.store.transact(work).await
}

pub async fn what_is_refused_for_good_is_a_dead_letter_and_can_be_replayed(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "not mine").await;
    two.a.send_due().await;
    two.clock.advance(DAY);
    two.a.send_due().await;
    assert_eq!(two.exchange.requests().len(), 1, "it is not tried again");
    let row = two.outbox().await.remove(0);
    assert_eq!((row.state(), row.last_reason.as_str()), (Some(State::Dead), "NOT_DATA_OWNER"));
    assert!(row.last_error.contains("not yours") && row.last_error.contains("issued"));
    let abandoned = ("abandoned".to_owned(), "NOT_DATA_OWNER".to_owned());
    assert!(two.a.evidence().await.contains(&abandoned));

    let again = replay(&two, &row, row.etag().text()).await.unwrap();
    assert_eq!((again.state(), again.header, again.id), (Some(State::Queued), row.header, row.id));
    two.b.notes.tolerate(true);
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered]);
    assert_eq!(two.b.done().await, ["taken: not mine"]);
}

pub async fn only_a_dead_letter_of_that_revision_is_replayed(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "not mine").await;
    let queued = two.outbox().await.remove(0);
    let refused = replay(&two, &queued, "").await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "ILLEGAL_TRANSITION"));
    two.a.send_due().await;
    let dead = two.outbox().await.remove(0);
    let refused = replay(&two, &dead, queued.etag().text()).await.unwrap_err();
    assert_eq!(refused.reason, "REVISION_CONFLICT");
    two.a.suspend(&two.b).await.unwrap();
    assert_eq!(replay(&two, &dead, "").await.unwrap_err().reason, "PEER_SUSPENDED");
    let nobody = Row { id: Id::new(crate::two::START, [0; 10]).0, ..dead };
    assert_eq!(replay(&two, &nobody, "").await.unwrap_err().reason, "NOT_FOUND");
}

pub async fn a_dead_letter_that_a_later_message_has_overtaken_is_not_replayed(at: Fresh) {
    let two = Two::new(at).await;
    two.a.enqueue(note(&two.b, "not mine", "one thing")).await.unwrap();
    two.a.send_due().await;
    two.b.notes.tolerate(true);
    two.clock.advance(1000);
    two.a.enqueue(note(&two.b, "the newer state", "one thing")).await.unwrap();
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Dead, State::Delivered]);
    let rows = two.outbox().await;
    let refused = replay(&two, &rows[0], "").await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "ILLEGAL_TRANSITION"));
    assert_eq!(refused.metadata["overtaken_by"], rows[1].name());
    assert_eq!(two.b.done().await, ["taken: the newer state"]);
}

pub async fn after_fourteen_days_of_failing_everything_that_waited_is_given_up(at: Fresh) {
    let two = Two::new(at).await;
    two.exchange.unplug(two.b.domain());
    for text in ["1", "2", "3", "4", "5", "6"] {
        two.a.send(&two.b, text).await;
    }
    two.a.send_due().await;
    for _ in 0..13 {
        two.clock.advance(DAY);
        two.a.send_due().await;
    }
    two.a.send(&two.b, "young").await;
    assert_eq!(two.a.states().await, [State::Queued; 7]);
    two.clock.advance(DAY);
    two.a.send_due().await;
    two.clock.advance(DAY);
    two.a.send_due().await;
    let rows = two.outbox().await;
    let dead: Vec<_> = rows.iter().filter(|row| row.state() == Some(State::Dead)).collect();
    assert_eq!(dead.len(), 6);
    assert!(dead.iter().all(|row| row.last_reason == "PEER_UNREACHABLE"));
    let abandoned = two.a.evidence().await.into_iter().filter(|(event, _)| event == "abandoned");
    assert_eq!(abandoned.count(), 6);
    two.exchange.plug_in(&two.b.messaging);
    two.clock.advance(DAY);
    two.a.send_due().await;
    assert_eq!(two.b.done().await, ["taken: young"]);
}

pub async fn what_waits_behind_another_is_not_given_up_for_an_outage_that_is_over(at: Fresh) {
    let two = Two::new(at).await;
    two.a.enqueue(note(&two.b, "poison", "key")).await.unwrap();
    two.a.enqueue(note(&two.b, "behind", "key")).await.unwrap();
    two.exchange.unplug(two.b.domain());
    two.a.send_due().await;
    two.clock.advance(10 * DAY);
    two.exchange.plug_in(&two.b.messaging);
    two.a.send_due().await;
    two.exchange.unplug(two.b.domain());
    two.clock.advance(5 * DAY);
    two.a.send_due().await;
    two.clock.advance(DAY);
    two.a.send_due().await;
    let rows = two.outbox().await;
    let of = |seq: i64| rows.iter().find(|row| row.order_seq == seq).unwrap();
    // The first failed all the time, in one way or another.
    assert_eq!((of(1).state(), of(2).state()), (Some(State::Dead), Some(State::Queued)));
    two.exchange.plug_in(&two.b.messaging);
    two.clock.advance(DAY);
    two.a.send_due().await;
    assert_eq!(two.b.done().await, ["taken: behind"]);
}

pub async fn dead_letters_are_listed_by_state_and_peer(at: Fresh) {
    let two = Two::new(at).await;
    for text in ["not mine", "hello"] {
        two.a.send(&two.b, text).await;
    }
    two.a.send_due().await;
    let list = async |filter: Filter, after| {
        let reader = two.a.store.reader();
        let rows = outbox::page(&reader, two.a.institution.id, &filter, after, 1).await.unwrap();
        rows.into_iter().next()
    };
    let dead = Filter { state: Some(State::Dead), peer: Some(two.b.domain().clone()) };
    let row = list(dead.clone(), None).await.unwrap();
    assert_eq!(row.last_reason, "NOT_DATA_OWNER");
    assert!(list(dead.clone(), Some(row.id)).await.is_none());
    let other = Filter { peer: Some(two.a.domain().clone()), ..dead };
    assert!(list(other, None).await.is_none());
    let first = list(Filter::default(), None).await.unwrap();
    let second = list(Filter::default(), Some(first.id)).await.unwrap();
    assert!(first.id < second.id && list(Filter::default(), Some(second.id)).await.is_none());
}
