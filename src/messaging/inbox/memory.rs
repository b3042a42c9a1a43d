//! What the inbox remembers, and for how long.

use hei_proto::hei::messaging::v1::{DeliverResponse, SignedReceipt};
use hei_store::{Conn, Failed};
use hei_values::{Code, HeiId, Id, Millis, Refused};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::examine::Letter;
use super::{persons, table};
use crate::limits::INBOX_MS;

/// What the same message got before.
///
/// # Errors
/// ALREADY_EXISTS/ID_CONFLICT if its identifier came with other content.
pub(super) async fn stored(
    conn: &Conn,
    institution: Uuid,
    from: &HeiId,
    letter: &Letter,
) -> Result<Option<DeliverResponse>, Failed> {
    let key = (institution, from.to_string(), letter.id.0);
    let Some(row) = table::Entity::find_by_id(key).one(conn).await? else { return Ok(None) };
    if row.header_sha256 != letter.header_sha256 {
        return Err(conflict(letter.id).into());
    }
    // After an erasure: the same receipt, and no answer.
    let answer = persons::answer(conn, &row).await?;
    let receipt =
        SignedReceipt { receipt: row.receipt.into(), signature: row.receipt_signature.into() };
    Ok(Some(DeliverResponse { receipt: Some(receipt), answer: answer.unwrap_or_default().into() }))
}

fn conflict(id: Id) -> Refused {
    let told = format!("message {id} was taken before, with other content");
    Refused::new(Code::AlreadyExists, "ID_CONFLICT", told)
}

/// Forgets what a repeat could no longer ask for: identifiers so old that they are
/// refused as REPLAYED.
///
/// # Errors
/// What the database says.
pub async fn sweep(conn: &Conn, institution: Uuid, now: Millis) -> Result<u64, Failed> {
    let oldest = Id::new(now.plus(-INBOX_MS), [0; 10]);
    let gone = table::Entity::delete_many()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::MessageId.lt(oldest.0))
        .exec(conn)
        .await?;
    Ok(gone.rows_affected)
}
