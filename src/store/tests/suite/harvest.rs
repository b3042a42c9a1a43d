//! Many who write and many who read the feed at the same time, while those who give
//! positions are ended at any moment: 5 seconds, or 60 with HEI_LONG=1.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hei_store::feed::{Change, Place, What};
use hei_store::{Conn, Engine, Failed, Store};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Millis};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::feed::{INSTITUTION, note, read};
use crate::things::{self, Column, Entity};

const WRITERS: u64 = 8;
const READERS: u64 = 4;
/// So few that every thing has several writers.
const THINGS: u64 = 48;

/// A sequence that is the same for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What a reader has kept, and how it came to it.
#[derive(Default)]
struct Kept {
    changes: Vec<Change>,
    pages: u64,
    resumed: u64,
}

pub async fn of_many_changes_none_is_lost_nor_twice_nor_out_of_order(at: Fresh) {
    let seed = std::env::var("HEI_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    let long = std::env::var("HEI_LONG").is_ok_and(|long| long == "1");
    let seconds = if long { 60 } else { 5 };
    println!("HEI_SEED={seed}, {seconds} seconds on {:?}", at.store.engine());

    let make = async |conn: Conn| {
        for thing in 0..THINGS {
            things::add(&conn, &thing.to_string()).await?;
        }
        Ok(())
    };
    at.store.transact(make).await.unwrap();
    let stores = processes(&at).await;
    let (writing, reading) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
    let chance = |n: u64| Chance(seed.wrapping_add(n << 32));
    let of = |n: u64| stores[n as usize % stores.len()].clone();
    let mut around = JoinSet::new();
    for (n, store) in stores.iter().enumerate() {
        around.spawn(gives_positions_until_it_is_ended(store.clone(), chance(n as u64)));
        let store = store.clone();
        around.spawn(async move { store.follow_others(std::future::pending()).await });
    }
    let mut writers = JoinSet::new();
    for n in 0..WRITERS {
        writers.spawn(writes(of(n), chance(100 + n), writing.clone()));
    }
    let mut readers = JoinSet::new();
    for n in 0..READERS {
        readers.spawn(reads(of(n), 0, chance(200 + n), reading.clone()));
    }
    tokio::time::sleep(Duration::from_secs(seconds) / 2).await;
    let harvester = harvests(of(1), chance(300), reading.clone());
    let ending = async {
        tokio::time::sleep(Duration::from_secs(seconds) / 2).await;
        writing.store(false, Ordering::SeqCst);
        let written: Vec<Change> = writers.join_all().await.concat();
        at.store.give_positions(INSTITUTION).await.unwrap();
        reading.store(false, Ordering::SeqCst);
        stores.iter().for_each(Store::wake);
        written
    };
    let (written, harvested) = tokio::join!(ending, harvester);
    let readers = readers.join_all().await;
    around.shutdown().await;
    for kept in &readers {
        println!(
            "{} changes written; read {} on {} pages, resumed {} times",
            written.len(),
            kept.changes.len(),
            kept.pages,
            kept.resumed
        );
        must_be_all(&written, &kept.changes);
        assert!(kept.resumed > 0);
    }
    println!("a harvest of {} things is the table", harvested.len());
    assert_eq!(harvested, table(&at.store.reader()).await);
    assert!(written.len() > 100);
}

/// On PostgreSQL two, as two processes have it.
async fn processes(at: &Fresh) -> Vec<Store> {
    match at.store.engine() {
        Engine::Sqlite => vec![at.store.clone()],
        Engine::Postgres => vec![at.store.clone(), Store::open(&at.settings).await.unwrap()],
    }
}

async fn gives_positions_until_it_is_ended(store: Store, mut chance: Chance) {
    loop {
        let life = Duration::from_millis(chance.below(300));
        store.feed(INSTITUTION, tokio::time::sleep(life)).await;
    }
}

async fn writes(store: Store, mut chance: Chance, writing: Arc<AtomicBool>) -> Vec<Change> {
    let mut written = Vec::new();
    while writing.load(Ordering::SeqCst) {
        let (thing, gone) = (chance.below(THINGS), chance.below(50) == 0);
        // Every writer has another clock, and none goes well.
        let at = Millis(i64::try_from(chance.below(10_000)).unwrap());
        let work = async move |conn: Conn| write(&conn, thing, gone, at).await;
        match store.transact(work).await {
            Ok(change) => written.push(change),
            // Nothing of it happened: the others were faster, ten times.
            Err(refused) => assert_eq!(refused.code, Code::Aborted, "{refused}"),
        }
    }
    written
}

/// One change of a thing, as `Call` makes it: the revision that was read is replaced. A
/// thing that is gone comes again as another resource.
async fn write(conn: &Conn, thing: u64, gone: bool, at: Millis) -> Result<Change, Failed> {
    let name = thing.to_string();
    let found = things::count(conn, &name).await?;
    let (resource, revision) = shown(thing, found);
    let (what, next) = match revision {
        0 => (What::Created, found + 1),
        _ if gone => (What::Deleted, (life(found) + 1) * LIFE),
        _ => (What::Changed, found + 1),
    };
    let done = Entity::update_many()
        .col_expr(Column::Count, Expr::value(next))
        .filter(Column::Name.eq(name))
        .filter(Column::Count.eq(found))
        .exec(conn)
        .await?;
    if done.rows_affected == 0 {
        return Err(Failed::Conflict);
    }
    let change = Change { resource, revision: revision + 1, what, at };
    note(conn, change).await.map(|()| change)
}

/// A thing's count is the number of its lives before this one, and its revision.
const LIFE: i64 = 1_000_000;

fn life(count: i64) -> i64 {
    count / LIFE
}

fn shown(thing: u64, count: i64) -> (Uuid, i64) {
    (Uuid::from_u64_pair(u64::try_from(life(count)).unwrap(), thing), count % LIFE)
}

/// Reads on from a position until all is written. At times it ends before it has kept
/// what it read, and goes on from the place that it had kept.
async fn reads(store: Store, from: i64, mut chance: Chance, reading: Arc<AtomicBool>) -> Kept {
    let (mut kept, mut place) = (Kept::default(), from);
    let mut commits = store.commits();
    loop {
        commits.borrow_and_update();
        let last = !reading.load(Ordering::SeqCst);
        let page = read(&store, Place::After(place), 1 + chance.below(80)).await.unwrap();
        if chance.below(4) == 0 {
            kept.resumed += 1;
            continue;
        }
        kept.pages += 1;
        kept.changes.extend(page.changes);
        place = page.next;
        match (page.more, last) {
            (true, _) => {}
            (false, true) => return kept,
            (false, false) => commits.changed().await.unwrap(),
        }
    }
}

/// The first harvest in the middle of it: a cursor, then everything, then what comes
/// after the cursor.
async fn harvests(store: Store, chance: Chance, reading: Arc<AtomicBool>) -> BTreeMap<Uuid, i64> {
    let place = read(&store, Place::Now, 1).await.unwrap().next;
    let mut things = table(&store.reader()).await;
    for change in reads(store, place, chance, reading).await.changes {
        let known = things.get(&change.resource).copied();
        match change.what {
            What::Deleted => drop(things.remove(&change.resource)),
            _ if known >= Some(change.revision) => {}
            _ => drop(things.insert(change.resource, change.revision)),
        }
    }
    things
}

async fn table(conn: &Conn) -> BTreeMap<Uuid, i64> {
    let rows = Entity::find().all(conn).await.unwrap();
    let all = rows.into_iter().map(|row| shown(row.name.parse().unwrap(), row.count));
    all.filter(|(_, revision)| *revision > 0).collect()
}

/// Each change once, and those of each thing in the order of its revisions.
fn must_be_all(written: &[Change], read: &[Change]) {
    let mut last = BTreeMap::new();
    for change in read {
        let before = last.insert(change.resource, change.revision).unwrap_or(0);
        assert_eq!(change.revision, before + 1, "of {}", change.resource);
    }
    let sorted = |changes: &[Change]| {
        let mut all: Vec<_> = changes.iter().map(|c| (c.resource, c.revision)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(sorted(written), sorted(read));
}
