//! What the inbox holds about persons: our answers, sealed with their keys. Headers and
//! receipts name records, never persons, and stay as proof.

use hei_store::{Conn, Failed, subjects};
use hei_values::HeiId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::table::{Column, Entity, Model};

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
) -> Result<Option<Model>, Failed> {
    let mut query = about(institution, subject).order_by_asc(Column::MessageId).limit(1);
    if let Some(after) = after {
        query = query.filter(Column::MessageId.gt(after));
    }
    Ok(query.one(conn).await?)
}

/// The answer that a message got; `None` once it or the person is erased.
///
/// # Errors
/// What the database says.
pub async fn answer(conn: &Conn, row: &Model) -> Result<Option<Vec<u8>>, Failed> {
    match row.subject_id {
        None => Ok(Some(row.answer.clone())),
        // What is sealed is never empty.
        Some(_) if row.answer.is_empty() => Ok(None),
        Some(subject) => subjects::open(conn, row.institution_id, subject, &row.answer).await,
    }
}

/// The answers about a person go: those to all, or those to one peer.
///
/// # Errors
/// What the database says.
pub async fn erase(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    peer: Option<&HeiId>,
) -> Result<(), Failed> {
    let mut emptied = Entity::update_many()
        .col_expr(Column::Answer, Expr::val(Vec::<u8>::new()))
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::SubjectId.eq(subject));
    if let Some(peer) = peer {
        emptied = emptied.filter(Column::Peer.eq(peer.as_str()));
    }
    emptied.exec(conn).await?;
    Ok(())
}
