//! Bytes of any size: one blob for each content and person, whole or not there.

use hei_store::blobs::{self, CHUNK_BYTES, New};
use hei_store::{Conn, Store, subjects};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Millis, Refused};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, Statement};
use uuid::Uuid;

const HERE: Uuid = Uuid::from_u128(1);
const ZOFIA: Uuid = Uuid::from_u128(10);
const PIOTR: Uuid = Uuid::from_u128(11);
const CANARY: &[u8] = b"a canary that nobody else may hear";
const DAY: i64 = 24 * 60 * 60 * 1000;

async fn persons(store: &Store) {
    let work = async |conn: Conn| {
        for id in [ZOFIA, PIOTR] {
            let key = subjects::fresh_key()?;
            subjects::create(&conn, HERE, id, key, &[], Millis(0)).await?;
        }
        Ok(())
    };
    store.transact(work).await.unwrap();
}

/// Three chunks, the last of which is short.
fn long() -> Vec<u8> {
    CANARY.iter().copied().cycle().take(2 * CHUNK_BYTES + 7).collect()
}

fn new(subject: Option<Uuid>, bytes: &[u8]) -> New {
    New::of(HERE, subject, bytes, "text/plain")
}

async fn put(store: &Store, subject: Option<Uuid>, bytes: &[u8]) -> Result<New, Refused> {
    let (new, bytes) = (new(subject, bytes), bytes.to_vec());
    let what = new.clone();
    let work = async move |conn: Conn| {
        // Twice, as a document may have a picture twice.
        let these = [(what.clone(), bytes.as_slice()), (what.clone(), bytes.as_slice())];
        blobs::put(&conn, &these, Millis(1)).await
    };
    store.transact(work).await.map(|()| new)
}

async fn begin(store: &Store, new: &New, now: i64) -> bool {
    let new = new.clone();
    store.transact(async move |conn| blobs::begin(&conn, &new, Millis(now)).await).await.unwrap()
}

async fn write(store: &Store, new: &New, first: usize, chunks: usize) {
    let new = new.clone();
    let work = async move |conn: Conn| {
        let bytes = long();
        let some: Vec<&[u8]> = bytes.chunks(CHUNK_BYTES).skip(first).take(chunks).collect();
        blobs::write(&conn, &new, first as u64, &some).await
    };
    store.transact(work).await.unwrap();
}

async fn finish(store: &Store, new: &New) -> Result<blobs::Model, Refused> {
    let new = new.clone();
    store.transact(async move |conn| blobs::finish(&conn, &new, Millis(2)).await).await
}

async fn all(store: &Store, new: &New) -> Vec<u8> {
    blobs::all(&store.reader(), &new.place()).await.unwrap()
}

async fn count(store: &Store) -> u64 {
    blobs::Entity::find().count(&store.reader()).await.unwrap()
}

async fn rows(store: &Store) -> Vec<Vec<u8>> {
    let reader = store.reader();
    let sql = "SELECT bytes FROM blob_chunks ORDER BY blob_id, position";
    let rows = Statement::from_string(reader.get_database_backend(), sql);
    let rows = reader.query_all_raw(rows).await.unwrap();
    rows.iter().map(|row| row.try_get("", "bytes").unwrap()).collect()
}

async fn sweep(store: &Store, now: i64) {
    while store
        .transact(async move |conn| blobs::sweep(&conn, HERE, Millis(now)).await)
        .await
        .unwrap()
    {}
}

pub async fn equal_bytes_of_one_person_are_one_blob_and_of_two_persons_two(at: Fresh) {
    persons(&at.store).await;
    let zofias = put(&at.store, Some(ZOFIA), &long()).await.unwrap();
    assert_eq!(put(&at.store, Some(ZOFIA), &long()).await.unwrap().id(), zofias.id());
    assert_eq!((count(&at.store).await, rows(&at.store).await.len()), (1, 3));
    let piotrs = put(&at.store, Some(PIOTR), &long()).await.unwrap();
    let nobodys = put(&at.store, None, &long()).await.unwrap();
    let other = put(&at.store, None, b"other").await.unwrap();
    let empty = put(&at.store, None, b"").await.unwrap();
    assert_eq!(count(&at.store).await, 5);
    for new in [&zofias, &piotrs, &nobodys] {
        assert!(all(&at.store, new).await == long());
    }
    assert_eq!(all(&at.store, &other).await, b"other");
    assert_eq!(all(&at.store, &empty).await, b"");
}

pub async fn a_blob_about_a_person_is_sealed_and_dies_with_the_persons_key(at: Fresh) {
    persons(&at.store).await;
    let zofias = put(&at.store, Some(ZOFIA), &long()).await.unwrap();
    let piotrs = put(&at.store, Some(PIOTR), CANARY).await.unwrap();
    for row in rows(&at.store).await {
        assert!(!row.windows(CANARY.len()).any(|bytes| bytes == CANARY));
    }
    // Nobody reads it as another's.
    let as_anothers = blobs::Place { subject: Some(PIOTR), ..zofias.place() };
    let refused = blobs::all(&at.store.reader(), &as_anothers).await.map_err(Refused::from);
    assert_eq!(refused.unwrap_err().code, Code::Internal);
    let erase = async |conn: Conn| subjects::erase(&conn, HERE, ZOFIA, Millis(3)).await;
    at.store.transact(erase).await.unwrap();
    assert_eq!(all(&at.store, &zofias).await, b"");
    assert_eq!(all(&at.store, &piotrs).await, CANARY);
    let refused = put(&at.store, Some(ZOFIA), b"new").await.unwrap_err();
    assert_eq!(refused.reason, "SUBJECT_ERASED");
}

pub async fn a_blob_that_comes_in_parts_is_there_when_it_is_whole(at: Fresh) {
    persons(&at.store).await;
    let zofias = new(Some(ZOFIA), &long());
    assert!(begin(&at.store, &zofias, 1).await);
    write(&at.store, &zofias, 0, 2).await;
    let early = finish(&at.store, &zofias).await.unwrap_err();
    assert_eq!((early.code, early.reason), (Code::Aborted, "BLOB_INCOMPLETE"));
    // Somebody else brings the same, or the same one again after a crash.
    assert!(begin(&at.store, &zofias, 2).await);
    write(&at.store, &zofias, 1, 2).await;
    let whole = finish(&at.store, &zofias).await.unwrap();
    assert_eq!((whole.size_bytes, whole.whole_ms), (long().len() as i64, Some(2)));
    assert!(all(&at.store, &zofias).await == long());
    let reader = at.store.reader();
    let second = blobs::chunks(&reader, &whole.place(), 1, 1).await.unwrap();
    assert_eq!(second, [&long()[CHUNK_BYTES..2 * CHUNK_BYTES]]);
    assert_eq!(blobs::chunks(&reader, &whole.place(), 3, 1).await.unwrap(), Vec::<Vec<u8>>::new());
    assert!(!begin(&at.store, &zofias, 3).await, "a whole one wants no chunks");
    assert_eq!(finish(&at.store, &zofias).await.unwrap(), whole);
}

pub async fn what_nobody_finishes_is_swept_and_what_is_whole_stays(at: Fresh) {
    persons(&at.store).await;
    let whole = put(&at.store, Some(ZOFIA), b"whole").await.unwrap();
    let left = new(Some(ZOFIA), &long());
    begin(&at.store, &left, DAY).await;
    write(&at.store, &left, 0, 3).await;
    sweep(&at.store, 2 * DAY - 1).await;
    assert_eq!((count(&at.store).await, rows(&at.store).await.len()), (2, 4));
    sweep(&at.store, 2 * DAY).await;
    assert_eq!((count(&at.store).await, rows(&at.store).await.len()), (1, 1));
    assert_eq!(all(&at.store, &whole).await, b"whole");
}

pub async fn the_blobs_of_a_person_are_given_up_at_once_and_swept_later(at: Fresh) {
    persons(&at.store).await;
    let zofias = put(&at.store, Some(ZOFIA), &long()).await.unwrap();
    put(&at.store, Some(PIOTR), b"his").await.unwrap();
    let work = async |conn: Conn| blobs::abandon(&conn, HERE, ZOFIA).await;
    assert_eq!(at.store.transact(work).await.unwrap(), 1);
    assert_eq!(finish(&at.store, &zofias).await.unwrap().whole_ms, Some(2));
    assert_eq!(at.store.transact(work).await.unwrap(), 1);
    sweep(&at.store, DAY).await;
    assert_eq!((count(&at.store).await, rows(&at.store).await.len()), (1, 1));
}
