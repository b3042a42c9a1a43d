//! A blob comes in: at once, where its bytes are at hand and few; else it begins, is
//! written chunk by chunk, and is finished.

use std::collections::BTreeSet;

use hei_values::{Code, Millis, Refused};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter};
use uuid::Uuid;

use super::tables::{blob, chunk};
use super::{CHUNK_BYTES, CHUNKS_AT_ONCE, New, Place, number, place};
use crate::subjects::{self, Key};
use crate::{Conn, Failed};

/// Keeps bytes that are at hand, all within the running transaction. They belong to one
/// institution and one person, or to nobody.
///
/// # Errors
/// FAILED_PRECONDITION/SUBJECT_ERASED.
pub async fn put<B: AsRef<[u8]> + Sync>(
    conn: &impl ConnectionTrait,
    these: &[(New, B)],
    now: Millis,
) -> Result<(), Failed> {
    let mut ids = BTreeSet::new();
    let distinct: Vec<_> = these.iter().filter(|(new, _)| ids.insert(new.id())).collect();
    let rows = distinct.iter().map(|(new, _)| row(new, now, Some(now)));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let unless_whole = unless_whole(&[blob::Column::WholeMs]);
    let insert = blob::Entity::insert_many(rows).on_conflict(unless_whole);
    let added = insert.exec_with_returning_keys(conn).await?;
    let added: BTreeSet<Uuid> = added.into_iter().map(|(_, id)| id).collect();
    must_be_whole(conn, &distinct, &added).await?;
    let missing = distinct.into_iter().filter(|(new, _)| added.contains(&new.id()));
    let mut writer = None;
    for (new, bytes) in missing {
        let writer = match &writer {
            Some(writer) => writer,
            None => writer.insert(Writer::of(conn, new).await?),
        };
        let mut chunks = bytes.as_ref().chunks(CHUNK_BYTES);
        let mut first = 0;
        loop {
            let some: Vec<&[u8]> = chunks.by_ref().take(CHUNKS_AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            writer.write(conn, new, first, &some).await?;
            first += some.len() as u64;
        }
    }
    Ok(())
}

/// The others are there already. They are read, so that PostgreSQL sees it when somebody
/// gives them up at the same time, and lets one of the two begin anew.
async fn must_be_whole<B>(
    conn: &impl ConnectionTrait,
    these: &[&(New, B)],
    added: &BTreeSet<Uuid>,
) -> Result<(), Failed> {
    let there = these.iter().filter(|(new, _)| !added.contains(&new.id()));
    let there: Vec<&New> = there.map(|(new, _)| new).collect();
    let Some(first) = there.first() else { return Ok(()) };
    let own = blob::Entity::find().filter(blob::Column::InstitutionId.eq(first.institution));
    let found = own.filter(blob::Column::Id.is_in(there.iter().map(|new| new.id())));
    let whole = found.all(conn).await?.iter().filter(|row| row.whole_ms.is_some()).count();
    if whole == there.len() { Ok(()) } else { Err(Failed::Conflict) }
}

/// Says that a blob comes. Whether its chunks are wanted: those of a whole one are not.
///
/// # Errors
/// Those of the database.
pub async fn begin(conn: &Conn, new: &New, now: Millis) -> Result<bool, Failed> {
    let insert = blob::Entity::insert(row(new, now, None)?);
    let insert = insert.on_conflict(unless_whole(&[blob::Column::BeginMs]));
    Ok(insert.exec_without_returning(conn).await? > 0)
}

/// Writes some chunks from a position on; those that are there already stay.
///
/// # Errors
/// FAILED_PRECONDITION/SUBJECT_ERASED.
pub async fn write(conn: &Conn, new: &New, first: u64, chunks: &[&[u8]]) -> Result<(), Failed> {
    Writer::of(conn, new).await?.write(conn, new, first, chunks).await
}

/// Keeps a blob that is never made whole from being swept for another day: nobody is shown
/// it, and it goes by itself once nobody holds it. Whether it is still there.
///
/// # Errors
/// Those of the database.
pub async fn hold(conn: &Conn, of: &Place, now: Millis) -> Result<bool, Failed> {
    let held = blob::ActiveModel { begin_ms: Set(now.0), ..Default::default() };
    let held = blob::Entity::update_many()
        .set(held)
        .filter(blob::Column::InstitutionId.eq(of.institution))
        .filter(blob::Column::Id.eq(of.id))
        .filter(blob::Column::BeginMs.gt(0))
        .filter(blob::Column::WholeMs.is_null());
    Ok(held.exec(conn).await?.rows_affected == 1)
}

/// Makes an uploaded blob whole, if all its chunks are there.
///
/// # Errors
/// ABORTED/BLOB_INCOMPLETE if some are missing.
pub async fn finish(conn: &Conn, new: &New, now: Millis) -> Result<blob::Model, Failed> {
    let id = new.id();
    let key = (new.institution, id);
    let found = blob::Entity::find_by_id(key).one(conn).await?.ok_or_else(incomplete)?;
    if found.whole_ms.is_some() && found.uploaded {
        return Ok(found);
    }
    let own = chunk::Entity::find().filter(chunk::Column::InstitutionId.eq(new.institution));
    let there = own.filter(chunk::Column::BlobId.eq(id)).count(conn).await?;
    if there != new.chunk_count() {
        return Err(incomplete().into());
    }
    let whole_ms = found.whole_ms.or(Some(now.0));
    let whole = blob::ActiveModel { whole_ms: Set(whole_ms), uploaded: Set(true), ..found.into() };
    Ok(blob::Entity::update(whole).exec(conn).await?)
}

fn incomplete() -> Refused {
    let told = "chunks are missing, they were swept meanwhile: repeat";
    Refused::new(Code::Aborted, "BLOB_INCOMPLETE", told)
}

fn row(new: &New, begin: Millis, whole: Option<Millis>) -> Result<blob::ActiveModel, Refused> {
    Ok(blob::ActiveModel {
        institution_id: Set(new.institution),
        id: Set(new.id()),
        revision: Set(1),
        subject_id: Set(new.subject),
        sha256: Set(new.sha256.to_vec()),
        size_bytes: Set(number(new.size_bytes)?),
        media_type: Set(new.media_type.clone()),
        uploaded: Set(false),
        begin_ms: Set(begin.0),
        whole_ms: Set(whole.map(|at| at.0)),
    })
}

/// A whole one stays as it is, an unfinished one is taken up again.
fn unless_whole(columns: &[blob::Column]) -> OnConflict {
    OnConflict::columns([blob::Column::InstitutionId, blob::Column::Id])
        .update_columns(columns.iter().copied())
        .action_and_where(Expr::col((blob::Entity, blob::Column::WholeMs)).is_null())
        .to_owned()
}

/// Writes chunks of one person's blobs, or of nobody's.
struct Writer(Option<Key>);

impl Writer {
    async fn of(conn: &impl ConnectionTrait, new: &New) -> Result<Self, Failed> {
        Ok(Self(match new.subject {
            None => None,
            Some(subject) => {
                let key = Key::of(conn, new.institution, subject).await?;
                Some(key.ok_or_else(subjects::erased)?)
            }
        }))
    }

    async fn write(
        &self,
        conn: &impl ConnectionTrait,
        new: &New,
        first: u64,
        chunks: &[&[u8]],
    ) -> Result<(), Failed> {
        let (id, first) = (new.id(), number(first)?);
        let rows = (first..).zip(chunks).map(|(position, bytes)| {
            let bytes = match &self.0 {
                Some(key) => key.seal(&place(id, position), bytes)?,
                None => bytes.to_vec(),
            };
            Ok(chunk::ActiveModel {
                institution_id: Set(new.institution),
                blob_id: Set(id),
                position: Set(position),
                bytes: Set(bytes),
            })
        });
        let rows = rows.collect::<Result<Vec<_>, Refused>>()?;
        let key = [chunk::Column::InstitutionId, chunk::Column::BlobId, chunk::Column::Position];
        let as_they_are = OnConflict::columns(key).do_nothing().to_owned();
        let insert = chunk::Entity::insert_many(rows).on_conflict(as_they_are);
        insert.exec_without_returning(conn).await?;
        Ok(())
    }
}
