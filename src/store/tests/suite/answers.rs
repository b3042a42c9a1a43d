//! Requests that come again.

use hei_store::subjects::{self, SubjectIdentifier};
use hei_store::{Conn, Failed, Store, idempotency};
use hei_testkit::suite::Fresh;
use hei_values::{Code, Millis, Refused};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use crate::things::{add, count, names, set};

const INSTITUTION: Uuid = Uuid::from_u128(1);
const NOW: Millis = Millis(1_790_000_000_000);
const DAY: i64 = 24 * 60 * 60 * 1000;

#[derive(Clone)]
struct Request {
    principal: &'static str,
    method: &'static str,
    request_id: &'static str,
    digest: [u8; 32],
    at: Millis,
}

const FIRST: Request = Request {
    principal: "sis",
    method: "/x/Import",
    request_id: "0198f2b0-0000-4000-8000-000000000001",
    digest: [1; 32],
    at: NOW,
};

impl Request {
    async fn earlier(&self, conn: &Conn) -> Result<Option<bytes::Bytes>, Failed> {
        let Self { principal, method, request_id, digest, at } = self;
        idempotency::find(conn, INSTITUTION, principal, method, request_id, digest, *at).await
    }

    async fn keep(&self, conn: &Conn, answer: &[u8], subject: Option<Uuid>) -> Result<(), Failed> {
        let Self { principal, method, request_id, digest, at } = self;
        idempotency::keep(
            conn,
            INSTITUTION,
            principal,
            method,
            request_id,
            digest,
            answer,
            subject,
            *at,
        )
        .await
    }
}

/// Counts its effects in the thing "effects" and answers with their number.
async fn serve(store: &Store, request: Request) -> Result<String, Refused> {
    let work = async move |conn: Conn| {
        if let Some(answer) = request.earlier(&conn).await? {
            return Ok(String::from_utf8(answer.to_vec()).unwrap());
        }
        let effects = count(&conn, "effects").await? + 1;
        if effects == 1 {
            add(&conn, "effects").await?;
        }
        set(&conn, "effects", effects).await?;
        let answer = format!("effect {effects}");
        request.keep(&conn, answer.as_bytes(), None).await?;
        Ok(answer)
    };
    store.transact(work).await
}

pub async fn the_same_request_gets_the_same_answer_without_a_second_effect(at: Fresh) {
    assert_eq!(serve(&at.store, FIRST).await.unwrap(), "effect 1");
    assert_eq!(serve(&at.store, FIRST).await.unwrap(), "effect 1");
    let at = at.reopened().await;
    let later = Request { at: NOW.plus(DAY - 1), ..FIRST };
    assert_eq!(serve(&at.store, later).await.unwrap(), "effect 1");
    assert_eq!(count(&at.store.reader(), "effects").await.unwrap(), 1);
}

pub async fn the_same_request_twice_at_once_has_one_effect(at: Fresh) {
    let many = (0..8).map(|_| serve(&at.store, FIRST));
    for answer in futures_util::future::join_all(many).await {
        assert_eq!(answer.unwrap(), "effect 1");
    }
}

pub async fn the_same_key_with_other_content_is_a_conflict_of_ids(at: Fresh) {
    serve(&at.store, FIRST).await.unwrap();
    let other = Request { digest: [2; 32], ..FIRST };
    let refused = serve(&at.store, other).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::AlreadyExists, "ID_CONFLICT"));
    assert_eq!(count(&at.store.reader(), "effects").await.unwrap(), 1);
}

pub async fn another_caller_or_method_may_use_the_same_key(at: Fresh) {
    assert_eq!(serve(&at.store, FIRST).await.unwrap(), "effect 1");
    let caller = Request { principal: "registrar", ..FIRST };
    assert_eq!(serve(&at.store, caller).await.unwrap(), "effect 2");
    let method = Request { method: "/x/Send", ..FIRST };
    assert_eq!(serve(&at.store, method).await.unwrap(), "effect 3");
}

pub async fn an_answer_is_kept_for_24_hours_and_then_swept(at: Fresh) {
    serve(&at.store, FIRST).await.unwrap();
    let after = Request { at: NOW.plus(DAY), digest: [2; 32], ..FIRST };
    assert_eq!(serve(&at.store, after.clone()).await.unwrap(), "effect 2");
    assert_eq!(serve(&at.store, after).await.unwrap(), "effect 2");
    let sweep = |institution, now| {
        at.store.transact(async move |conn| idempotency::sweep(&conn, institution, now).await)
    };
    assert_eq!(sweep(INSTITUTION, NOW.plus(DAY)).await.unwrap(), 0);
    assert_eq!(sweep(Uuid::from_u128(2), NOW.plus(2 * DAY)).await.unwrap(), 0, "another's");
    assert_eq!(sweep(INSTITUTION, NOW.plus(2 * DAY)).await.unwrap(), 1);
}

pub async fn an_answer_about_a_person_is_sealed_and_goes_with_the_person(at: Fresh) {
    let person = Uuid::from_u128(7);
    let keep = async move |conn: Conn| {
        let identifiers = [SubjectIdentifier {
            scheme: "local".into(),
            scope: "uni.example".into(),
            value: "4711".into(),
        }];
        let key = subjects::fresh_key()?;
        subjects::create(&conn, INSTITUTION, person, key, &identifiers, NOW).await?;
        FIRST.keep(&conn, b"Zofia Przykladowa", Some(person)).await
    };
    at.store.transact(keep).await.unwrap();
    let reader = at.store.reader();
    let answer = FIRST.earlier(&reader).await.unwrap().unwrap();
    assert_eq!(answer.as_ref(), b"Zofia Przykladowa");
    let raw = Statement::from_string(reader.get_database_backend(), "SELECT answer FROM answers");
    let raw = reader.query_one_raw(raw).await.unwrap().unwrap();
    let raw: Vec<u8> = raw.try_get("", "answer").unwrap();
    assert!(!raw.windows(5).any(|part| part == b"Zofia"));

    let erase = async move |conn| subjects::erase(&conn, INSTITUTION, person, NOW).await;
    at.store.transact(erase).await.unwrap();
    let refused = Refused::from(FIRST.earlier(&reader).await.unwrap_err());
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "ANSWER_ERASED"));
    assert_eq!(names(&at.store).await, Vec::<String>::new());
}
