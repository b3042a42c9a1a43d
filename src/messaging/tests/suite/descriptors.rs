//! Our own descriptor over restarts.

use hei_messaging::descriptor::{self, Described};
use hei_proto::hei::messaging::v1::{NodeDescriptor, SignedDescriptor};
use hei_testkit::suite::Fresh;
use hei_values::Millis;
use prost::Message as _;

use crate::two::{DAY, Node, START, Two, described};

async fn own(node: &Node, described: &Described, now: Millis) -> SignedDescriptor {
    descriptor::own(&node.store, &node.institution, &node.keys, described, now).await.unwrap()
}

fn read(signed: &SignedDescriptor) -> NodeDescriptor {
    NodeDescriptor::decode(signed.descriptor.clone()).unwrap()
}

pub async fn our_descriptor_changes_only_with_what_it_says(at: Fresh) {
    let two = Two::new(at).await;
    let first = own(&two.a, &described(), START).await;
    assert_eq!(first, two.a.messaging.descriptor());
    assert_eq!(own(&two.a, &described(), START.plus(50 * DAY)).await, first);
    let more = Described { kinds: vec!["hei.test.note/2".into()], ..described() };
    let second = own(&two.a, &more, START.plus(50 * DAY)).await;
    assert!(read(&second).version > read(&first).version);
    assert_eq!(read(&second).kinds, more.kinds);
    let since = |signed: &SignedDescriptor| read(signed).keys[0].not_before_time;
    assert_eq!(since(&first), since(&second), "a key keeps its beginning");
    // 120 of 180 days must be left.
    assert_eq!(own(&two.a, &more, START.plus(109 * DAY)).await, second);
    let third = own(&two.a, &more, START.plus(111 * DAY)).await;
    assert!(read(&third).version > read(&second).version);
    let pinned = descriptor::first(&first, &first.key_id, START).unwrap();
    descriptor::next(&pinned, &third, START.plus(111 * DAY)).unwrap();
}

pub async fn a_database_that_was_lost_makes_no_older_version(at: Fresh) {
    let two = Two::new(at).await;
    let before = own(&two.a, &described(), START).await;
    // The same keys over an empty table.
    let lost = Node::new(1, "a.example", two.b.store.clone(), &two.clock, &two.exchange).await;
    let after = own(&lost, &Described::default(), START.plus(DAY)).await;
    assert!(read(&after).version > read(&before).version);
}
