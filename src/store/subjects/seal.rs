//! Sealing with a person's key: AES-256-GCM over a random nonce, bound to the
//! person. Sealed bytes are: version (1), nonce (12), ciphertext, tag (16).

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use hei_values::{Code, Refused};
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect as _, QueryTrait as _};
use uuid::Uuid;

use super::subject;
use crate::{Conn, Failed};

const VERSION: u8 = 1;

/// A key for a new person.
///
/// # Errors
/// INTERNAL if the system has no randomness.
pub fn fresh_key() -> Result<[u8; 32], Refused> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_| Refused::internal("no randomness"))?;
    Ok(key)
}

/// Seals bytes about a person, so that they die with its key.
///
/// # Errors
/// FAILED_PRECONDITION/SUBJECT_ERASED if the person is erased or unknown.
pub async fn seal(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    plain: &[u8],
) -> Result<Vec<u8>, Failed> {
    let key = Key::of(conn, institution, subject).await?.ok_or_else(erased)?;
    Ok(key.seal(&[], plain)?)
}

/// Opens what was sealed; `None` once the person is erased.
///
/// # Errors
/// INTERNAL if the bytes were not sealed for this person.
pub async fn open(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, Failed> {
    let Some(key) = Key::of(conn, institution, subject).await? else { return Ok(None) };
    Ok(Some(key.open(&[], sealed)?))
}

/// Nothing about the person can be kept any more.
pub(crate) fn erased() -> Refused {
    let told = "the person is erased: nothing about it can be kept";
    Refused::new(Code::FailedPrecondition, "SUBJECT_ERASED", told)
}

/// What there is of sealed bytes for whoever would use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// They are open.
    Open(Vec<u8>),
    /// The person is erased, and they with it.
    Erased,
    /// The person has restricted the processing: they are kept, and not used.
    Restricted,
}

/// Opens what was sealed, for more than to keep or show it to the person.
///
/// # Errors
/// INTERNAL if the bytes were not sealed for this person.
pub async fn open_for_use(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    sealed: &[u8],
) -> Result<Use, Failed> {
    let found = subject::Entity::find_by_id((institution, subject)).one(conn).await?;
    let restricted = found.as_ref().is_some_and(|row| row.restricted_at.is_some());
    match found.and_then(|row| row.key) {
        _ if restricted => Ok(Use::Restricted),
        None => Ok(Use::Erased),
        // What is sealed is never empty: its time was over.
        Some(_) if sealed.is_empty() => Ok(Use::Erased),
        Some(key) => Ok(Use::Open(Key::new(institution, subject, &key)?.open(&[], sealed)?)),
    }
}

/// A person's key, for many pieces at once.
pub(crate) struct Key {
    key: RandomizedNonceKey,
    /// What every ciphertext belongs to, so that bytes of one person cannot be given out
    /// as those of another.
    bound: [u8; 32],
}

impl Key {
    /// `None` once the person is erased.
    pub(crate) async fn of(
        conn: &impl ConnectionTrait,
        institution: Uuid,
        subject: Uuid,
    ) -> Result<Option<Self>, Failed> {
        let found = subject::Entity::find_by_id((institution, subject)).one(conn).await?;
        let key = found.and_then(|row| row.key).map(|key| Self::new(institution, subject, &key));
        Ok(key.transpose()?)
    }

    /// The column of the key, within a statement that reads what it sealed.
    pub(crate) fn column(institution: Uuid, subject: Uuid) -> Expr {
        let row = subject::Entity::find_by_id((institution, subject)).select_only();
        Expr::from(row.column(subject::Column::Key).into_query())
    }

    /// From the bytes of its column.
    pub(crate) fn new(institution: Uuid, subject: Uuid, key: &[u8]) -> Result<Self, Refused> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, key);
        let key = key.map_err(|_| Refused::internal("a person's key is none"))?;
        let bound = [institution.into_bytes(), subject.into_bytes()].concat();
        Ok(Self { key, bound: bound.try_into().unwrap_or([0; 32]) })
    }

    /// Seals a piece; `place` says which of the person's pieces it is.
    pub(crate) fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refused> {
        encrypt(&self.key, self.aad(place), plain).map_err(|_| Refused::internal("sealing failed"))
    }

    /// Opens the piece of a place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Refused> {
        let plain = decrypt(&self.key, self.aad(place), sealed);
        plain.map_err(|_| Refused::internal("sealed bytes do not open"))
    }

    fn aad(&self, place: &[u8]) -> Aad<Vec<u8>> {
        Aad::from([&self.bound, place].concat())
    }
}

fn encrypt(
    key: &RandomizedNonceKey,
    bound: Aad<Vec<u8>>,
    plain: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut body = plain.to_vec();
    let nonce = key.seal_in_place_append_tag(bound, &mut body)?;
    let mut sealed = vec![VERSION];
    sealed.extend_from_slice(nonce.as_ref());
    sealed.append(&mut body);
    Ok(sealed)
}

fn decrypt(
    key: &RandomizedNonceKey,
    bound: Aad<Vec<u8>>,
    sealed: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let (version, rest) = sealed.split_first().ok_or(Unspecified)?;
    let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
    if *version != VERSION {
        return Err(Unspecified);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let mut body = body.to_vec();
    let length = key.open_in_place(nonce, bound, &mut body)?.len();
    body.truncate(length);
    Ok(body)
}
