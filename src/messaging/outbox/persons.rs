//! What the outbox holds about persons: payloads, sealed with their keys. Headers and
//! receipts name records, never persons, and stay as proof.

use hei_store::subjects::Use;
use hei_store::{Conn, Failed, subjects};
use hei_values::Millis;
use prost::bytes::Bytes;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select, UpdateMany,
};
use uuid::Uuid;

use super::table::{Column, Entity};
use super::{Row, State};

/// Why a message about a person waits who has restricted the processing.
pub(crate) const RESTRICTED: &str = "SUBJECT_RESTRICTED";
/// What has come to its end.
const ENDED: [&str; 2] = ["delivered", "dead"];

/// All messages about a person.
pub fn about(institution: Uuid, subject: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::SubjectId.eq(subject))
}

/// The first message about a person after an identifier.
///
/// # Errors
/// What the database says.
pub async fn next_about(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    after: Option<Uuid>,
) -> Result<Option<Row>, Failed> {
    let mut query = about(institution, subject).order_by_asc(Column::Id).limit(1);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.one(conn).await?)
}

/// The payload of a message; `None` once the person is erased or the payload has ended.
///
/// # Errors
/// What the database says.
pub async fn payload(conn: &Conn, row: &Row) -> Result<Option<Bytes>, Failed> {
    let Some(subject) = row.subject_id else { return Ok(Some(row.payload.clone().into())) };
    if row.payload.is_empty() {
        return Ok(None);
    }
    let opened = subjects::open(conn, row.institution_id, subject, &row.payload).await?;
    Ok(opened.map(Bytes::from))
}

/// The payload of a message that shall go.
///
/// # Errors
/// What the database says.
pub(crate) async fn payload_to_send(conn: &Conn, row: &Row) -> Result<Use, Failed> {
    match row.subject_id {
        None => Ok(Use::Open(row.payload.clone())),
        Some(subject) => {
            subjects::open_for_use(conn, row.institution_id, subject, &row.payload).await
        }
    }
}

/// The payloads about a person go. What a restriction held back comes to its end as
/// erased, so that what follows it (the word of the erasure) goes.
///
/// # Errors
/// What the database says.
pub async fn erase(conn: &Conn, institution: Uuid, subject: Uuid) -> Result<(), Failed> {
    release(conn, institution, subject).await?;
    emptied(institution).filter(Column::SubjectId.eq(subject)).exec(conn).await?;
    Ok(())
}

/// What waited since a person restricted the processing goes on.
///
/// # Errors
/// What the database says.
pub async fn release(conn: &Conn, institution: Uuid, subject: Uuid) -> Result<(), Failed> {
    Entity::update_many()
        .col_expr(Column::State, Expr::val(State::Queued.text()))
        .col_expr(Column::NextAttemptMs, Expr::val(0))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::SubjectId.eq(subject))
        .filter(Column::State.eq(State::Held.text()))
        .filter(Column::LastReason.eq(RESTRICTED))
        .exec(conn)
        .await?;
    Ok(())
}

/// The payloads about persons of messages that were made before an instant and have
/// come to their end go.
///
/// # Errors
/// What the database says.
pub async fn drop_bodies(conn: &Conn, institution: Uuid, before: Millis) -> Result<u64, Failed> {
    let ended = emptied(institution)
        .filter(Column::SubjectId.is_not_null())
        .filter(Column::State.is_in(ENDED))
        .filter(Column::CreateMs.lt(before.0));
    Ok(ended.exec(conn).await?.rows_affected)
}

/// Messages that were made before an instant and have come to their end go.
///
/// # Errors
/// What the database says.
pub async fn drop_before(conn: &Conn, institution: Uuid, before: Millis) -> Result<u64, Failed> {
    let ended = Entity::delete_many()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::State.is_in(ENDED))
        .filter(Column::CreateMs.lt(before.0));
    Ok(ended.exec(conn).await?.rows_affected)
}

fn emptied(institution: Uuid) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Payload, Expr::val(Vec::<u8>::new()))
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::Payload.ne(Vec::<u8>::new()))
}
