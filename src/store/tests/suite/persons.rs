//! Who is the same person, and what is left of an erased one.

use hei_store::subjects::{self, SubjectIdentifier};
use hei_store::{Conn, Failed, Store, institution};
use hei_testkit::suite::Fresh;
use hei_values::{Code, HeiId, Id, Millis, Refused};
use uuid::Uuid;

const HERE: Uuid = Uuid::from_u128(1);
const ELSEWHERE: Uuid = Uuid::from_u128(2);
const ZOFIA: Uuid = Uuid::from_u128(10);
const PIOTR: Uuid = Uuid::from_u128(11);

fn identifier(scheme: &str, scope: &str, value: &str) -> SubjectIdentifier {
    SubjectIdentifier { scheme: scheme.into(), scope: scope.into(), value: value.into() }
}

async fn create(
    store: &Store,
    institution: Uuid,
    id: Uuid,
    identifiers: &[SubjectIdentifier],
) -> Result<(), Refused> {
    let identifiers = identifiers.to_vec();
    let work = async move |conn: Conn| {
        let key = subjects::fresh_key()?;
        subjects::create(&conn, institution, id, key, &identifiers, Millis(0)).await
    };
    store.transact(work).await
}

async fn find(at: &Fresh, identifiers: &[SubjectIdentifier]) -> Vec<Uuid> {
    subjects::find(&at.store.reader(), HERE, identifiers).await.unwrap()
}

async fn add(at: &Fresh, id: Uuid, identifiers: &[SubjectIdentifier]) -> Result<(), Refused> {
    let identifiers = identifiers.to_vec();
    let work = async move |conn| subjects::add_identifiers(&conn, HERE, id, &identifiers).await;
    at.store.transact(work).await
}

pub async fn the_same_identifier_of_the_same_scheme_joins_and_nothing_else_does(at: Fresh) {
    let esi = identifier("esi", "", "urn:schac:personalUniqueCode:int:esi:a.example:1");
    let local = identifier("local", "a.example", "1");
    create(&at.store, HERE, ZOFIA, &[esi.clone(), local.clone(), esi.clone()]).await.unwrap();
    create(&at.store, HERE, PIOTR, &[identifier("local", "b.example", "1")]).await.unwrap();

    assert_eq!(find(&at, &[esi.clone(), local.clone()]).await, [ZOFIA]);
    let others = [
        identifier("local", "", "1"),
        identifier("esi", "", &local.value),
        identifier("local", "a.example", "01"),
        identifier("LOCAL", "a.example", "1"),
        identifier("local", "a.example", "1 "),
    ];
    assert_eq!(find(&at, &others).await, Vec::<Uuid>::new());
    assert_eq!(find(&at, &[]).await, Vec::<Uuid>::new());
    let both = [local.clone(), identifier("local", "b.example", "1")];
    assert_eq!(find(&at, &both).await, [ZOFIA, PIOTR]);

    let more = identifier("local", "c.example", "9");
    add(&at, ZOFIA, &[esi.clone(), more.clone()]).await.unwrap();
    assert_eq!(find(&at, std::slice::from_ref(&more)).await, [ZOFIA]);
    let all = subjects::identifiers(&at.store.reader(), HERE, ZOFIA).await.unwrap();
    assert_eq!(all, [esi, local, more]);
}

pub async fn an_identifier_of_another_person_is_ambiguous(at: Fresh) {
    let (one, two) = (identifier("local", "a.example", "1"), identifier("local", "a.example", "2"));
    create(&at.store, HERE, ZOFIA, std::slice::from_ref(&one)).await.unwrap();
    create(&at.store, HERE, PIOTR, std::slice::from_ref(&two)).await.unwrap();
    let refused = add(&at, ZOFIA, &[one, two.clone()]).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "AMBIGUOUS_MATCH"));
    assert_eq!(find(&at, &[two]).await, [PIOTR]);
}

pub async fn an_identifier_belongs_to_one_person(at: Fresh) {
    let one = identifier("local", "a.example", "1");
    create(&at.store, HERE, ZOFIA, std::slice::from_ref(&one)).await.unwrap();
    let refused = create(&at.store, HERE, PIOTR, std::slice::from_ref(&one)).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::AlreadyExists, "ID_CONFLICT"));
    assert_eq!(find(&at, &[one]).await, [ZOFIA]);
}

async fn sealed(at: &Fresh, id: Uuid, plain: &'static [u8]) -> Result<Vec<u8>, Refused> {
    Ok(subjects::seal(&at.store.reader(), HERE, id, plain).await?)
}

async fn opened(at: &Fresh, id: Uuid, sealed: &[u8]) -> Result<Option<Vec<u8>>, Failed> {
    subjects::open(&at.store.reader(), HERE, id, sealed).await
}

pub async fn what_is_sealed_opens_for_its_person_only(at: Fresh) {
    create(&at.store, HERE, ZOFIA, &[]).await.unwrap();
    create(&at.store, HERE, PIOTR, &[]).await.unwrap();
    for plain in [b"".as_slice(), b"grade 5"] {
        let bytes = sealed(&at, ZOFIA, plain).await.unwrap();
        assert_ne!(bytes, sealed(&at, ZOFIA, plain).await.unwrap());
        assert_eq!(opened(&at, ZOFIA, &bytes).await.unwrap().unwrap(), plain);
        assert!(opened(&at, PIOTR, &bytes).await.is_err());
        for at_byte in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at_byte] ^= 1;
            assert!(opened(&at, ZOFIA, &altered).await.is_err(), "byte {at_byte}");
        }
        assert!(opened(&at, ZOFIA, &bytes[..bytes.len() - 1]).await.is_err());
    }
    assert!(opened(&at, ZOFIA, b"").await.is_err());
}

pub async fn what_was_sealed_is_gone_with_the_person(at: Fresh) {
    let one = identifier("local", "a.example", "1");
    create(&at.store, HERE, ZOFIA, std::slice::from_ref(&one)).await.unwrap();
    let bytes = sealed(&at, ZOFIA, b"grade 5").await.unwrap();
    let erase = async |conn| subjects::erase(&conn, HERE, ZOFIA, Millis(5)).await;
    at.store.transact(erase).await.unwrap();
    assert_eq!(opened(&at, ZOFIA, &bytes).await.unwrap(), None);
    let refused = sealed(&at, ZOFIA, b"more").await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "SUBJECT_ERASED"));
    assert_eq!(find(&at, std::slice::from_ref(&one)).await, Vec::<Uuid>::new());
    // The same learner, come back, is a new person.
    create(&at.store, HERE, PIOTR, std::slice::from_ref(&one)).await.unwrap();
    assert_eq!(find(&at, &[one]).await, [PIOTR]);
}

pub async fn an_institution_keeps_its_key_and_sees_only_its_own_persons(at: Fresh) {
    let domain: HeiId = "uni.example".parse().unwrap();
    let own = institution::own(&at.store, &domain, Id(HERE)).await.unwrap();
    assert_eq!((own.id, &own.domain), (HERE, &domain));
    let at = at.reopened().await;
    let again = institution::own(&at.store, &domain, Id(ELSEWHERE)).await.unwrap();
    assert_eq!(again, own);

    let one = identifier("local", "a.example", "1");
    create(&at.store, ELSEWHERE, PIOTR, std::slice::from_ref(&one)).await.unwrap();
    assert_eq!(find(&at, std::slice::from_ref(&one)).await, Vec::<Uuid>::new());
    create(&at.store, HERE, ZOFIA, std::slice::from_ref(&one)).await.unwrap();
    assert_eq!(find(&at, &[one]).await, [ZOFIA]);
}
