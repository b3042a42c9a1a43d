//! The feed of changes: its order, its places, and what is dropped.

use hei_store::feed::{self, Change, Page, Place, What, page};
use hei_store::{Conn, Failed, Store};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Millis, Refused};
use uuid::Uuid;

pub const INSTITUTION: Uuid = Uuid::from_u128(1);
const DAY_MS: i64 = 86_400_000;

pub fn change(resource: u128, revision: i64, at: i64) -> Change {
    let what = if revision == 1 { What::Created } else { What::Changed };
    Change { resource: Uuid::from_u128(resource), revision, what, at: Millis(at) }
}

pub async fn note(conn: &Conn, change: Change) -> Result<(), Failed> {
    feed::record(conn, INSTITUTION, "things", &change).await
}

/// Each change in a transaction of its own.
pub async fn noted(store: &Store, changes: impl IntoIterator<Item = Change>) {
    for change in changes {
        store.transact(async move |conn| note(&conn, change).await).await.unwrap();
    }
}

pub async fn read(store: &Store, from: Place, size: u64) -> Result<Page, Refused> {
    Ok(page(&store.reader(), INSTITUTION, "things", from, None, size).await?)
}

async fn read_all(store: &Store) -> Vec<Change> {
    read(store, Place::After(0), 10_000).await.unwrap().changes
}

async fn give(store: &Store) -> u64 {
    store.give_positions(INSTITUTION).await.unwrap()
}

pub async fn a_change_that_was_committed_before_a_crash_gets_its_position_after_it(at: Fresh) {
    noted(&at.store, [change(7, 1, 0)]).await;
    assert_eq!(read_all(&at.store).await, []);
    let at = at.reopened().await;
    assert_eq!(give(&at.store).await, 1);
    assert_eq!(give(&at.store).await, 0);
    assert_eq!(read_all(&at.store).await, [change(7, 1, 0)]);
}

pub async fn the_revisions_of_one_resource_are_in_order_though_clocks_go_backwards(at: Fresh) {
    const REVISIONS: i64 = 1_500;
    let all = async |conn: Conn| {
        for revision in (1..=REVISIONS).rev() {
            note(&conn, change(7, revision, REVISIONS - revision)).await?;
        }
        note(&conn, change(8, 1, 3)).await
    };
    at.store.transact(all).await.unwrap();
    // More than one batch: the limit falls between two revisions.
    assert_eq!(give(&at.store).await, 1_501);
    let seen = read_all(&at.store).await;
    let own = seen.iter().filter(|one| one.resource == Uuid::from_u128(7));
    assert!(own.map(|one| one.revision).eq(1..=REVISIONS));
    // And the oldest comes first, whatever waits.
    assert_eq!(seen[0], change(8, 1, 3));
}

pub async fn a_reader_goes_on_where_it_was_and_moves_on_with_other_collections(at: Fresh) {
    noted(&at.store, (1..=5).map(|n| change(n, 1, 0))).await;
    give(&at.store).await;
    let first = read(&at.store, Place::After(0), 3).await.unwrap();
    assert_eq!((first.changes.len(), first.next, first.more), (3, 3, true));
    let second = read(&at.store, Place::After(first.next), 3).await.unwrap();
    assert_eq!((second.changes.len(), second.next, second.more), (2, 5, false));
    let other = async |conn: Conn| {
        feed::record(&conn, INSTITUTION, "others", &change(1, 1, 0)).await?;
        feed::record(&conn, Uuid::from_u128(2), "things", &change(1, 1, 0)).await
    };
    at.store.transact(other).await.unwrap();
    give(&at.store).await;
    let none = read(&at.store, Place::After(5), 3).await.unwrap();
    assert_eq!((none.changes.len(), none.next, none.more), (0, 6, false));
    assert_eq!(read(&at.store, Place::Now, 3).await.unwrap(), none);
}

pub async fn a_place_before_what_is_kept_is_expired_and_no_other_is(at: Fresh) {
    // The third is young, and the fourth comes after it though it is old.
    noted(&at.store, [change(1, 1, 0), change(2, 1, DAY_MS), change(3, 1, 9 * DAY_MS)]).await;
    give(&at.store).await;
    noted(&at.store, [change(4, 1, 0)]).await;
    give(&at.store).await;
    noted(&at.store, [change(5, 1, 0)]).await;
    let sweep = async |conn: Conn| feed::sweep(&conn, INSTITUTION, Millis(91 * DAY_MS)).await;
    assert_eq!(at.store.transact(sweep).await.unwrap(), 2);
    assert_eq!(at.store.transact(sweep).await.unwrap(), 0);
    for gone in [0, 1, 5] {
        let refused = read(&at.store, Place::After(gone), 9).await.unwrap_err();
        assert_eq!((refused.code, refused.reason), (Code::OutOfRange, "CURSOR_EXPIRED"), "{gone}");
    }
    let kept = read(&at.store, Place::After(2), 9).await.unwrap();
    assert_eq!(kept.changes, [change(3, 1, 9 * DAY_MS), change(4, 1, 0)]);
    assert_eq!(read(&at.store, Place::Now, 9).await.unwrap().next, 4);
    // What nobody could read yet is not dropped.
    give(&at.store).await;
    assert_eq!(read(&at.store, Place::After(4), 9).await.unwrap().changes, [change(5, 1, 0)]);
}
