//! A blob goes out, a few chunks at a time.

use hei_values::Refused;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::place;
use super::tables::{blob, chunk};
use crate::subjects::Key;
use crate::{Conn, Failed};

/// Which blob, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose node keeps it.
    pub institution: Uuid,
    /// The person whom it is about.
    pub subject: Option<Uuid>,
    /// Its identifier.
    pub id: Uuid,
}

/// At most `count` chunks from a position on, by one statement; none at the end, or once
/// the person is erased.
///
/// # Errors
/// INTERNAL for chunks that are missing or do not open.
pub async fn chunks(
    conn: &Conn,
    of: &Place,
    first: u64,
    count: u64,
) -> Result<Vec<Vec<u8>>, Failed> {
    use chunk::Column::{BlobId, Bytes, InstitutionId, Position};
    let first = super::number(first)?;
    let key = match of.subject {
        Some(subject) => Key::column(of.institution, subject),
        None => Expr::value(None::<Vec<u8>>),
    };
    let own = chunk::Entity::find().filter(InstitutionId.eq(of.institution));
    let some = own.filter(BlobId.eq(of.id)).filter(Position.gte(first));
    let some = some.order_by_asc(Position).limit(count).select_only();
    let some = some.column(Position).column(Bytes).expr_as(key, "key");
    let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = some.into_tuple().all(conn).await?;
    let Some((_, _, key)) = rows.first() else { return Ok(Vec::new()) };
    let key = match (of.subject, key) {
        (Some(subject), Some(key)) => Some(Key::new(of.institution, subject, key)?),
        (Some(_), None) => return Ok(Vec::new()),
        (None, _) => None,
    };
    let opened = (first..).zip(rows).map(|(expected, (position, bytes, _))| {
        if position != expected {
            return Err(Refused::internal(format!("blob {} lost chunk {expected}", of.id)));
        }
        match &key {
            Some(key) => key.open(&place(of.id, position), &bytes),
            None => Ok(bytes),
        }
    });
    Ok(opened.collect::<Result<_, _>>()?)
}

/// Whether somebody has uploaded a file about a person by itself.
///
/// # Errors
/// Those of the database.
pub async fn any_uploaded(conn: &Conn, institution: Uuid, subject: Uuid) -> Result<bool, Failed> {
    let uploaded = blob::Entity::find()
        .filter(blob::Column::InstitutionId.eq(institution))
        .filter(blob::Column::SubjectId.eq(subject))
        .filter(blob::Column::Uploaded.eq(true));
    Ok(uploaded.one(conn).await?.is_some())
}

/// All bytes of a blob that fits into memory; none if it is not there or its person is
/// erased.
///
/// # Errors
/// INTERNAL for chunks that are missing or do not open.
pub async fn all(conn: &Conn, of: &Place) -> Result<Vec<u8>, Failed> {
    // More than any blob has.
    const EVERY: u64 = u32::MAX as u64;
    Ok(chunks(conn, of, 0, EVERY).await?.concat())
}
