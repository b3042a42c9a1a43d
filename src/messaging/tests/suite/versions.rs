//! Messages whose kind has two versions, and what becomes of them while the partner's
//! node is updated. (That they go by themselves after it: tests/federation.)

use hei_messaging::envelope;
use hei_messaging::outbox::{Row, State};
use hei_testkit::suite::Fresh;
use hei_values::Outgoing;

use crate::cable::Cut;
use crate::two::{DAY, Two, note, version};

/// A note that can be written in two versions, the text says which was.
fn letter(two: &Two) -> Outgoing {
    let versions = vec![version(2, "in version 2"), version(1, "in version 1")];
    Outgoing { versions, ..note(&two.b, "", "key") }
}

/// B starts again as a node that takes these kinds, and a learns of it.
async fn b_takes(two: &mut Two, kinds: &[&str]) {
    two.clock.advance(DAY);
    two.b.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    two.b.restart().await;
    two.a.add(&two.b).await.unwrap();
}

async fn only(two: &Two) -> Row {
    let rows = two.outbox().await;
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

pub async fn what_waited_for_its_kind_is_written_once_and_its_bytes_stay(at: Fresh) {
    let mut two = Two::new(at).await;
    b_takes(&mut two, &["hei.test.note/3"]).await;
    two.a.enqueue(letter(&two)).await.unwrap();
    two.a.send_due().await;
    let waits = only(&two).await;
    assert_eq!((waits.state(), waits.last_reason.as_str()), (Some(State::Held), "KIND_UNKNOWN"));
    assert_eq!((waits.kind_version, waits.signature.len(), waits.attempts), (0, 0, 0));
    // Other versions than ours are of no use; nobody is asked.
    b_takes(&mut two, &["hei.test.note/4"]).await;
    two.a.send_due().await;
    assert_eq!((only(&two).await.state(), two.exchange.requests().len()), (Some(State::Held), 0));
    b_takes(&mut two, &["hei.test.note/1"]).await;
    two.exchange.cut(Cut::After);
    two.a.send_due().await;
    let written = only(&two).await;
    assert_eq!((written.state(), written.kind_version), (Some(State::Queued), 1));
    // The partner has it by now, so a newer version changes nothing of it.
    b_takes(&mut two, &["hei.test.note/1", "hei.test.note/2"]).await;
    two.a.send_due().await;
    assert_eq!(only(&two).await.state(), Some(State::Delivered));
    let requests = two.exchange.requests();
    assert_eq!((requests.len(), &requests[0].header), (2, &requests[1].header));
    assert_eq!(envelope::read(&requests[0].header).unwrap().version, 1);
    assert_eq!(two.b.done().await, ["taken: in version 1"]);
    assert_eq!(two.a.evidence().await.iter().filter(|(event, _)| event == "sent").count(), 1);
}

pub async fn what_was_written_in_a_version_that_the_peer_gave_up_waits(at: Fresh) {
    let mut two = Two::new(at).await;
    two.a.enqueue(letter(&two)).await.unwrap();
    two.exchange.cut(Cut::Before);
    two.a.send_due().await;
    two.b.notes.know(false);
    b_takes(&mut two, &["hei.test.note/2"]).await;
    two.a.send_due().await;
    let waits = only(&two).await;
    assert_eq!((waits.state(), waits.kind_version), (Some(State::Held), 1));
    two.b.notes.know(true);
    b_takes(&mut two, &["hei.test.note/1", "hei.test.note/2"]).await;
    two.a.send_due().await;
    assert_eq!(two.b.done().await, ["taken: in version 1"]);
}
