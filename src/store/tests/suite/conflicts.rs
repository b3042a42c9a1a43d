//! What happens at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hei_store::subjects::{self, SubjectIdentifier};
use hei_store::{Conn, Failed};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Millis};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use uuid::Uuid;

use crate::things::{add, added, count, names, put, set};

pub async fn a_conflict_is_tried_again_and_counted(at: Fresh) {
    let counted = recorder();
    let before = retries(&counted);
    let runs = Arc::new(AtomicU32::new(0));
    let counting = runs.clone();
    let work = async move |conn: Conn| {
        add(&conn, "a").await?;
        match counting.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err(Failed::Conflict),
            _ => Ok(()),
        }
    };
    at.store.transact(work).await.unwrap();
    assert_eq!((runs.load(Ordering::SeqCst), names(&at.store).await), (3, vec!["a".to_owned()]));
    assert!(retries(&counted) >= before + 2, "{}", counted.render());
}

/// One for the process: with `cargo test` other tests count too.
fn recorder() -> PrometheusHandle {
    static RECORDER: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap()).clone()
}

fn retries(counted: &PrometheusHandle) -> u64 {
    let name = "hei_store_retries_total{cause=\"conflict\"} ";
    let text = counted.render();
    text.lines().find_map(|line| line.strip_prefix(name)).map_or(0, |n| n.parse().unwrap())
}

pub async fn after_ten_tries_a_conflict_is_aborted(at: Fresh) {
    let runs = Arc::new(AtomicU32::new(0));
    let counting = runs.clone();
    let work = async move |conn: Conn| {
        add(&conn, "a").await?;
        counting.fetch_add(1, Ordering::SeqCst);
        Err::<(), _>(Failed::Conflict)
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::Aborted, "REVISION_CONFLICT"));
    assert_eq!(runs.load(Ordering::SeqCst), 10);
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}

pub async fn of_many_that_count_at_once_all_are_counted(at: Fresh) {
    added(&at.store, "a").await;
    let store = &at.store;
    let counting = (0..32).map(|_| async move {
        let one_more = async |conn: Conn| {
            let now = count(&conn, "a").await?;
            set(&conn, "a", now + 1).await
        };
        store.transact(one_more).await.unwrap();
    });
    futures_util::future::join_all(counting).await;
    assert_eq!(count(&at.store.reader(), "a").await.unwrap(), 32);
}

pub async fn a_rule_over_two_rows_holds_when_both_change_at_once(at: Fresh) {
    // At least one of two must stay; each row is changed by another transaction.
    for round in 0..10 {
        let (left, right) = (format!("left {round}"), format!("right {round}"));
        let (a, b) = (left.clone(), right.clone());
        let both = async move |conn: Conn| {
            put(&conn, &a, 1).await?;
            put(&conn, &b, 1).await
        };
        at.store.transact(both).await.unwrap();
        let leave = |own: &str, other: &str| {
            let (own, other) = (own.to_owned(), other.to_owned());
            at.store.transact(async move |conn: Conn| {
                if count(&conn, &other).await? == 1 {
                    set(&conn, &own, 0).await?;
                }
                Ok(())
            })
        };
        let (one, two) = tokio::join!(leave(&left, &right), leave(&right, &left));
        one.and(two).unwrap();
        let reader = at.store.reader();
        let stayed = [count(&reader, &left).await.unwrap(), count(&reader, &right).await.unwrap()];
        assert_eq!(stayed.iter().sum::<i64>(), 1, "round {round}");
    }
}

pub async fn a_row_that_exists_runs_once_more_and_is_then_a_conflict_of_ids(at: Fresh) {
    added(&at.store, "a").await;
    let runs = Arc::new(AtomicU32::new(0));
    let counting = runs.clone();
    let work = async move |conn: Conn| {
        counting.fetch_add(1, Ordering::SeqCst);
        add(&conn, "b").await?;
        add(&conn, "a").await
    };
    let refused = at.store.transact(work).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::AlreadyExists, "ID_CONFLICT"));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(names(&at.store).await, ["a"]);
}

pub async fn two_that_make_the_same_person_at_once_make_one(at: Fresh) {
    let store = &at.store;
    let institution = Uuid::from_u128(1);
    let identifiers = [SubjectIdentifier {
        scheme: "esi".into(),
        scope: String::new(),
        value: "urn:schac:personalUniqueCode:int:esi:uni.example:1".into(),
    }];
    let making = (2..10).map(|n| {
        let identifiers = identifiers.clone();
        store.transact(async move |conn: Conn| {
            if let [one] = *subjects::find(&conn, institution, &identifiers).await? {
                return Ok(one);
            }
            let id = Uuid::from_u128(n);
            let key = subjects::fresh_key()?;
            subjects::create(&conn, institution, id, key, &identifiers, Millis(0)).await?;
            Ok(id)
        })
    });
    let made = futures_util::future::join_all(making).await;
    let mut made: Vec<Uuid> = made.into_iter().map(Result::unwrap).collect();
    made.dedup();
    assert_eq!(made.len(), 1, "{made:?}");
}
