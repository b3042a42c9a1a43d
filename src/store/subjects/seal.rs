//! Sealing with a person's key: AES-256-GCM over a random nonce, bound to the
//! person. Sealed bytes are: version (1), nonce (12), ciphertext, tag (16).

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use hei_values::{Code, Refused};
use sea_orm::EntityTrait;
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
    let Some(key) = key(conn, institution, subject).await? else {
        let told = "the person is erased: nothing about it can be kept";
        return Err(Refused::new(Code::FailedPrecondition, "SUBJECT_ERASED", told).into());
    };
    let sealed = encrypt(&key, bound(institution, subject), plain);
    sealed.map_err(|_| Refused::internal("sealing failed").into())
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
    let Some(key) = key(conn, institution, subject).await? else { return Ok(None) };
    let plain = decrypt(&key, bound(institution, subject), sealed);
    plain.map(Some).map_err(|_| Refused::internal("sealed bytes do not open").into())
}

async fn key(conn: &Conn, institution: Uuid, id: Uuid) -> Result<Option<Vec<u8>>, Failed> {
    let found = subject::Entity::find_by_id((institution, id)).one(conn).await?;
    Ok(found.and_then(|row| row.key))
}

/// What the ciphertext belongs to, so that bytes of one person cannot be given out
/// as those of another.
fn bound(institution: Uuid, subject: Uuid) -> Aad<[u8; 32]> {
    Aad::from(
        [institution.into_bytes(), subject.into_bytes()].concat().try_into().unwrap_or([0; 32]),
    )
}

fn encrypt(key: &[u8], bound: Aad<[u8; 32]>, plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key)?;
    let mut body = plain.to_vec();
    let nonce = key.seal_in_place_append_tag(bound, &mut body)?;
    let mut sealed = vec![VERSION];
    sealed.extend_from_slice(nonce.as_ref());
    sealed.append(&mut body);
    Ok(sealed)
}

fn decrypt(key: &[u8], bound: Aad<[u8; 32]>, sealed: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let (version, rest) = sealed.split_first().ok_or(Unspecified)?;
    let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
    if *version != VERSION {
        return Err(Unspecified);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key)?;
    let mut body = body.to_vec();
    let length = key.open_in_place(nonce, bound, &mut body)?.len();
    body.truncate(length);
    Ok(body)
}
