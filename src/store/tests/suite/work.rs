//! Jobs, as those who work on them see them: who has which, how far it is, and that a
//! process which died or was overtaken changes nothing any more.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use hei_store::jobs::{self, Filter, Held, LEASE_LOST, Progress, Row, State};
use hei_store::subjects;
use hei_store::{Conn, Failed, Store};
use hei_testkit::suite::Fresh;
use hei_values::{Id, Millis, Refused, SubjectIdentifier};
use uuid::Uuid;

use crate::things::{add, names};

const INSTITUTION: Uuid = Uuid::from_u128(1);
const NOW: Millis = Millis(1_790_000_000_000);
const LEASE: i64 = 30_000;
const JOB: &str = "suite.count";
const ONE: Uuid = Uuid::from_u128(100);
const OTHER: Uuid = Uuid::from_u128(200);

async fn do_it<T, F, Fut>(store: &Store, work: F) -> Result<T, Refused>
where
    F: FnOnce(Conn) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<T, Failed>> + Send + 'static,
    T: Send + 'static,
{
    store.transact(work).await
}

async fn begun(store: &Store, n: u128, subject: Option<Uuid>) -> Id {
    let id = Id(Uuid::from_u128(n));
    let work = async move |conn: Conn| {
        let new = jobs::New {
            id,
            name: JOB,
            principal: "sis",
            roles: "ROLE_SIS",
            purpose: "",
            argument: b"what to do",
            subject,
        };
        jobs::begin(&conn, INSTITUTION, new, NOW).await
    };
    do_it(store, work).await.unwrap();
    id
}

async fn claimed(store: &Store, owner: Uuid, now: Millis, limit: u64) -> Vec<Row> {
    let until = (now, now.plus(LEASE));
    let work =
        async move |conn: Conn| jobs::claim(&conn, INSTITUTION, owner, &[JOB], until, limit).await;
    do_it(store, work).await.unwrap()
}

async fn found(store: &Store, id: Id) -> Row {
    jobs::find(&store.reader(), INSTITUTION, id).await.unwrap().unwrap()
}

fn held(id: Id, owner: Uuid) -> Held {
    Held { institution: INSTITUTION, id, owner }
}

fn progress(cursor: &[u8], done: i64) -> Progress {
    Progress { cursor: cursor.to_vec(), done, total: 10 }
}

pub async fn of_many_that_claim_at_once_each_gets_others(at: Fresh) {
    const JOBS: usize = 40;
    for n in 1..=JOBS {
        begun(&at.store, n as u128, None).await;
    }
    let claimer = async |owner: u128| {
        let mut mine = Vec::new();
        loop {
            let more = claimed(&at.store, Uuid::from_u128(owner), NOW, 3).await;
            if more.is_empty() {
                return mine;
            }
            assert!(more.len() <= 3);
            assert!(more.iter().all(|row| row.lease_owner == Some(Uuid::from_u128(owner))));
            mine.extend(more.iter().map(|row| row.id));
        }
    };
    let all = join_all((1..=8).map(claimer)).await;
    let busy = all.iter().filter(|mine| !mine.is_empty()).count();
    let all: Vec<Uuid> = all.into_iter().flatten().collect();
    println!("{} jobs went to {busy} of 8 claimers", all.len());
    assert_eq!(all.len(), JOBS, "none twice");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), JOBS, "none left out");
}

pub async fn a_job_is_claimed_in_its_time_by_who_knows_it(at: Fresh) {
    let id = begun(&at.store, 1, None).await;
    assert_eq!(claimed(&at.store, ONE, NOW.plus(-1), 9).await, []);
    let unknown = async |conn: Conn| {
        jobs::claim(&conn, INSTITUTION, ONE, &["other"], (NOW, NOW.plus(LEASE)), 9).await
    };
    assert_eq!(do_it(&at.store, unknown).await.unwrap(), []);
    let due = jobs::next_due(&at.store.reader(), INSTITUTION, &[JOB]).await.unwrap();
    assert_eq!(due, Some(NOW));
    assert_eq!(claimed(&at.store, ONE, NOW, 9).await[0].id, id.0);
    let due = jobs::next_due(&at.store.reader(), INSTITUTION, &[JOB]).await.unwrap();
    assert_eq!(due, Some(NOW.plus(LEASE)), "whoever takes it over comes then");
}

pub async fn a_job_whose_process_died_is_taken_over_after_its_lease_and_goes_on(at: Fresh) {
    let id = begun(&at.store, 1, None).await;
    claimed(&at.store, ONE, NOW, 1).await;
    let step = async move |conn: Conn| {
        add(&conn, "first").await?;
        held(id, ONE).goes_on(&conn, progress(b"after first", 1), NOW.plus(LEASE)).await
    };
    do_it(&at.store, step).await.unwrap();
    assert_eq!(claimed(&at.store, OTHER, NOW.plus(LEASE - 1), 1).await, []);
    let at = at.reopened().await;
    let taken = claimed(&at.store, OTHER, NOW.plus(LEASE), 1).await;
    assert_eq!((taken[0].cursor.as_slice(), taken[0].done), (&b"after first"[..], 1));
    // The one before is not dead after all: what it does now does not happen.
    let late = async move |conn: Conn| {
        add(&conn, "late").await?;
        held(id, ONE).goes_on(&conn, Progress::default(), NOW.plus(LEASE)).await
    };
    assert_eq!(do_it(&at.store, late).await.unwrap_err().reason, LEASE_LOST);
    assert_eq!(names(&at.store).await, ["first"]);
    assert_eq!(found(&at.store, id).await.done, 1);
}

pub async fn a_process_that_starts_again_finds_its_jobs_free_and_leaves_those_of_others(at: Fresh) {
    let mine = begun(&at.store, 1, None).await;
    claimed(&at.store, ONE, NOW, 1).await;
    let theirs = begun(&at.store, 2, None).await;
    claimed(&at.store, OTHER, NOW, 1).await;
    let free = async |conn: Conn| jobs::free(&conn, INSTITUTION, ONE).await;
    assert_eq!(do_it(&at.store, free).await.unwrap(), 1);
    assert_eq!(found(&at.store, mine).await.state(), Some(State::Queued));
    assert_eq!(found(&at.store, theirs).await.lease_owner, Some(OTHER));
}

pub async fn a_cancelled_job_has_no_next_step_and_its_running_one_is_taken_back(at: Fresh) {
    let id = begun(&at.store, 1, None).await;
    claimed(&at.store, ONE, NOW, 1).await;
    let cancel = async move |conn: Conn| jobs::cancel(&conn, INSTITUTION, id, NOW).await;
    assert!(do_it(&at.store, cancel).await.unwrap());
    assert!(!do_it(&at.store, cancel).await.unwrap(), "there is nothing to end any more");
    let step = async move |conn: Conn| {
        add(&conn, "too late").await?;
        held(id, ONE).succeeds(&conn, None, b"", NOW).await
    };
    assert_eq!(do_it(&at.store, step).await.unwrap_err().reason, LEASE_LOST);
    assert_eq!(names(&at.store).await, Vec::<String>::new());
    assert_eq!(claimed(&at.store, OTHER, NOW.plus(LEASE), 1).await, []);
    let row = found(&at.store, id).await;
    assert_eq!((row.state(), row.ended_at), (Some(State::Cancelled), Some(NOW.0)));
}

pub async fn tries_of_a_step_are_counted_and_a_step_that_is_done_begins_anew(at: Fresh) {
    let id = begun(&at.store, 1, None).await;
    let fail = async move |conn: Conn| {
        let row = held(id, ONE).load(&conn).await?;
        held(id, ONE).tries_again(&conn, "FAULT", b"status", (row.attempts, NOW)).await
    };
    for tries in 1..=3 {
        assert_eq!(claimed(&at.store, ONE, NOW, 1).await[0].attempts, tries);
        do_it(&at.store, fail).await.unwrap();
    }
    assert_eq!(found(&at.store, id).await.reason, "FAULT");
    claimed(&at.store, ONE, NOW, 1).await;
    let done = async move |conn: Conn| {
        held(id, ONE).goes_on(&conn, progress(b"x", 1), NOW.plus(LEASE)).await
    };
    do_it(&at.store, done).await.unwrap();
    let row = found(&at.store, id).await;
    assert_eq!((row.attempts, row.reason.as_str(), row.error), (1, "", None));
    // Given back untried it has no try; left by a process that died it has two.
    let back = async move |conn: Conn| held(id, ONE).give_back(&conn).await;
    do_it(&at.store, back).await.unwrap();
    assert_eq!(found(&at.store, id).await.attempts, 0);
    claimed(&at.store, ONE, NOW, 1).await;
    assert_eq!(claimed(&at.store, OTHER, NOW.plus(LEASE), 1).await[0].attempts, 2);
}

pub async fn a_job_that_recurs_has_one_row_whoever_makes_it(at: Fresh) {
    let id = Id(Uuid::from_u128(9));
    let recurs = async move |conn: Conn| {
        jobs::recurs(&conn, INSTITUTION, id, JOB, NOW.plus(1000), NOW).await
    };
    for made in join_all((0..8).map(|_| do_it(&at.store, recurs))).await {
        made.unwrap();
    }
    assert_eq!(claimed(&at.store, ONE, NOW, 9).await, []);
    let later = NOW.plus(1000);
    assert_eq!(claimed(&at.store, ONE, later, 9).await.len(), 1);
    let done = async move |conn: Conn| {
        held(id, ONE).rests(&conn, Progress::default(), later.plus(1000)).await
    };
    do_it(&at.store, done).await.unwrap();
    // Another start of the node changes nothing of it.
    do_it(&at.store, recurs).await.unwrap();
    let row = found(&at.store, id).await;
    assert_eq!((row.state(), row.due(), row.attempts), (Some(State::Queued), later.plus(1000), 0));
}

pub async fn what_a_job_is_about_goes_with_the_person(at: Fresh) {
    let person = Uuid::from_u128(7);
    let make = async move |conn: Conn| {
        let known = [SubjectIdentifier {
            scheme: "local".into(),
            scope: "uni.example".into(),
            value: "4711".into(),
        }];
        let key = subjects::fresh_key()?;
        subjects::create(&conn, INSTITUTION, person, key, &known, NOW).await
    };
    do_it(&at.store, make).await.unwrap();
    let id = begun(&at.store, 1, Some(person)).await;
    claimed(&at.store, ONE, NOW, 1).await;
    let done = async move |conn: Conn| {
        held(id, ONE).succeeds(&conn, Some(person), b"what came of it", NOW).await
    };
    do_it(&at.store, done).await.unwrap();
    let (row, reader) = (found(&at.store, id).await, at.store.reader());
    assert!(row.argument != b"what to do" && row.answer.as_deref() != Some(b"what came of it"));
    assert_eq!(row.argument(&reader).await.unwrap().unwrap(), b"what to do");
    assert_eq!(row.answer(&reader).await.unwrap().unwrap(), b"what came of it");
    let erase = async move |conn: Conn| subjects::erase(&conn, INSTITUTION, person, NOW).await;
    do_it(&at.store, erase).await.unwrap();
    assert_eq!(row.argument(&reader).await.unwrap(), None);
    assert_eq!(row.answer(&reader).await.unwrap(), None);
}

pub async fn a_list_shows_the_jobs_of_a_caller_in_a_state_and_what_ended_long_ago_is_swept(
    at: Fresh,
) {
    let ids = [begun(&at.store, 1, None).await, begun(&at.store, 2, None).await];
    let shown = async |filter: Filter<'_>| {
        let rows = jobs::page(&at.store.reader(), INSTITUTION, &filter, None, 9).await.unwrap();
        rows.into_iter().map(|row| Id(row.id)).collect::<Vec<_>>()
    };
    let cancel = async move |conn: Conn| jobs::cancel(&conn, INSTITUTION, ids[0], NOW).await;
    do_it(&at.store, cancel).await.unwrap();
    assert_eq!(shown(Filter::default()).await, ids);
    assert_eq!(shown(Filter { principal: Some("registrar"), state: None }).await, []);
    let queued = Filter { principal: Some("sis"), state: Some(State::Queued) };
    assert_eq!(shown(queued).await, [ids[1]]);
    let sweep = |before| {
        do_it(&at.store, async move |conn: Conn| jobs::sweep(&conn, INSTITUTION, before).await)
    };
    assert_eq!(sweep(NOW).await.unwrap(), 0);
    assert_eq!(sweep(NOW.plus(1)).await.unwrap(), 1);
    assert_eq!(shown(Filter::default()).await, [ids[1]]);
    let delete = async move |conn: Conn| jobs::delete(&conn, INSTITUTION, ids[1]).await;
    assert!(!do_it(&at.store, delete).await.unwrap(), "it has not ended");
}
