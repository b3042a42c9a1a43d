//! Partners: what an operator decides, and what follows from it.

use hei_client::{SpkiHash, Standing};
use hei_evidence::keys::KeyUse;
use hei_messaging::outbox::State;
use hei_messaging::peers::{self, Known};
use hei_store::Conn;
use hei_testkit::suite::Fresh;
use hei_values::{Code, Etag, Refused};

use crate::cable::Cut;
use crate::two::{Node, START, Two};

async fn known(node: &Node, other: &Node) -> Known {
    let found = peers::find(&node.store.reader(), node.institution.id, other.domain()).await;
    found.unwrap().unwrap()
}

pub async fn a_removed_peer_is_untrusted_and_may_be_added_again(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    two.exchange.cut(Cut::Before);
    two.a.send_due().await;
    let request = two.last_request();
    two.a.remove(&two.b).await.unwrap();
    two.b.remove(&two.a).await.unwrap();
    assert_eq!(two.a.states().await, [State::Held]);
    let refused = two.a.enqueue(crate::two::note(&two.b, "x", "x")).await.unwrap_err();
    assert_eq!(refused.reason, "PEER_UNTRUSTED");
    let refused = two.b.messaging.deliver(two.a.domain(), request).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::PermissionDenied, "PEER_UNTRUSTED"));
    two.a.add(&two.b).await.unwrap();
    two.b.add(&two.a).await.unwrap();
    two.a.send_due().await;
    assert_eq!(two.a.states().await, [State::Delivered]);
}

pub async fn a_peer_is_refused_by_its_row_though_the_book_lags_behind(at: Fresh) {
    let two = Two::new(at).await;
    two.a.send(&two.b, "hello").await;
    // Another process of the same node suspends; this one's book does not know yet.
    let (desk, peer) = (two.b.desk(), two.a.domain().clone());
    let work = async move |conn: Conn| {
        peers::suspend(&conn, &desk, &peer, "", "operator", START).await.map(drop)
    };
    two.b.store.transact(work).await.unwrap();
    assert!(!two.b.messaging.desk().book().peer(two.a.domain()).unwrap().suspended);
    two.a.send_due().await;
    assert_eq!(two.b.done().await, Vec::<String>::new());
    assert_eq!(two.outbox().await[0].last_reason, "PEER_SUSPENDED");
}

pub async fn the_keys_in_the_book_follow_the_table(at: Fresh) {
    let two = Two::new(at).await;
    let key = SpkiHash::of_spki(two.b.keys.public(KeyUse::Tls));
    let standing = || two.a.messaging.desk().book().pins().standing(&key);
    let b = two.b.domain().clone();
    assert_eq!(standing(), Standing::Trusted(b.clone()));
    two.a.suspend(&two.b).await.unwrap();
    assert_eq!(standing(), Standing::Suspended(b.clone()));
    two.a.resume(&two.b).await.unwrap();
    assert_eq!(standing(), Standing::Trusted(b));
    two.a.remove(&two.b).await.unwrap();
    assert_eq!(standing(), Standing::Unknown(key));
}

pub async fn another_key_takes_no_partners_place(at: Fresh) {
    let two = Two::new(at).await;
    assert_eq!(two.a.add(&two.a).await.unwrap_err().reason, "BAD_IDENTIFIER");
    // Somebody else says that it is b.
    let store = two.b.store.clone();
    let impostor = Node::new(61, "b.example", store, &two.clock, &two.exchange).await;
    let refused = two.a.add(&impostor).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::AlreadyExists, "ID_CONFLICT"));
    assert_eq!(known(&two.a, &two.b).await.row.fingerprint, two.b.keys.key_id(KeyUse::Descriptor));
    let (url, other) = ("https://b.example", two.b.keys.key_id(KeyUse::Descriptor));
    let refused = two.a.messaging.fetch_descriptor(url, other).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "HASH_MISMATCH"));
    // The operator may decide so.
    two.a.remove(&two.b).await.unwrap();
    two.a.add(&impostor).await.unwrap();
    assert_eq!(
        known(&two.a, &two.b).await.row.fingerprint,
        impostor.keys.key_id(KeyUse::Descriptor)
    );
}

pub async fn a_decision_about_a_partner_needs_the_current_revision_and_a_legal_move(at: Fresh) {
    let two = Two::new(at).await;
    let decide = async |etag: String| -> Result<Etag, Refused> {
        let (desk, peer) = (two.a.desk(), two.b.domain().clone());
        let work = async move |conn: Conn| {
            peers::suspend(&conn, &desk, &peer, &etag, "operator", START).await
        };
        two.a.store.transact(work).await.map(|known| known.etag())
    };
    let first = known(&two.a, &two.b).await.etag();
    assert_eq!(decide("\"b.example.99\"".into()).await.unwrap_err().reason, "REVISION_CONFLICT");
    let second = decide(first.text().to_owned()).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(decide(first.text().to_owned()).await.unwrap_err().reason, "REVISION_CONFLICT");
    let refused = decide(second.text().to_owned()).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "ILLEGAL_TRANSITION"));
    assert_eq!(two.a.add(&two.b).await.unwrap_err().reason, "ILLEGAL_TRANSITION");
    let mut steps: Vec<_> = two.a.leaves().await.into_iter().map(|leaf| leaf.step).collect();
    steps.sort();
    assert_eq!(steps, ["add", "suspend"]);
}

pub async fn every_pinned_descriptor_is_kept(at: Fresh) {
    use hei_messaging::peers::descriptors;
    use sea_orm::{EntityTrait as _, PaginatorTrait as _};
    let mut two = Two::new(at).await;
    let kept =
        async |two: &Two| descriptors::Entity::find().count(&two.a.store.reader()).await.unwrap();
    two.a.add(&two.b).await.unwrap();
    assert_eq!(kept(&two).await, 1, "the same again is no other");
    let first = known(&two.a, &two.b).await.pinned;
    two.clock.advance(200 * 86_400_000);
    two.b.restart().await;
    two.a.add(&two.b).await.unwrap();
    assert_eq!(kept(&two).await, 2);
    assert!(known(&two.a, &two.b).await.pinned.version > first.version);
    // The older one does not come back.
    let (desk, url) = (two.a.desk(), "https://b.example");
    let work = async move |conn: Conn| {
        peers::pin(&conn, &desk, url, &first, "operator", START).await.map(drop)
    };
    assert_eq!(two.a.store.transact(work).await.unwrap_err().reason, "REPLAYED");
}
