//! What never became whole, and what shall be no more, goes a few rows at a time.

use hei_values::Millis;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};
use uuid::Uuid;

use super::tables::{blob, chunk};
use crate::{Conn, Failed, limits};

/// Gives up all blobs of a person: they are gone from every read at once, and their
/// chunks, which open no more without the key, go with the next sweep.
///
/// # Errors
/// Those of the database.
pub async fn abandon(conn: &Conn, institution: Uuid, subject: Uuid) -> Result<u64, Failed> {
    let own = given_up(institution).filter(blob::Column::SubjectId.eq(subject));
    Ok(own.exec(conn).await?.rows_affected)
}

/// Gives up some blobs that were parts of something which goes; what somebody uploaded by
/// itself as well stays. Their chunks go with the next sweep.
///
/// # Errors
/// Those of the database.
pub async fn abandon_some(
    conn: &Conn,
    institution: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<(), Failed> {
    let parts = given_up(institution).filter(blob::Column::Uploaded.eq(false));
    parts.filter(blob::Column::Id.is_in(ids)).exec(conn).await?;
    Ok(())
}

fn given_up(institution: Uuid) -> UpdateMany<blob::Entity> {
    let nothing = blob::ActiveModel {
        begin_ms: Set(0),
        whole_ms: Set(None),
        uploaded: Set(false),
        ..Default::default()
    };
    blob::Entity::update_many().set(nothing).filter(blob::Column::InstitutionId.eq(institution))
}

/// Drops some chunks of a blob that nobody finishes, or the blob itself after its last.
/// Whether there may be more.
///
/// # Errors
/// Those of the database.
pub async fn sweep(conn: &Conn, institution: Uuid, now: Millis) -> Result<bool, Failed> {
    use chunk::Column::{BlobId, InstitutionId, Position};
    let oldest = now.plus(-limits::UNFINISHED_MILLIS_MAX).0;
    let unfinished = blob::Entity::find()
        .filter(blob::Column::InstitutionId.eq(institution))
        .filter(blob::Column::WholeMs.is_null())
        .filter(blob::Column::BeginMs.lte(oldest));
    let Some(blob) = unfinished.one(conn).await? else { return Ok(false) };
    let own =
        chunk::Entity::find().filter(InstitutionId.eq(institution)).filter(BlobId.eq(blob.id));
    let some = own.select_only().column(Position).order_by_asc(Position);
    let some: Vec<i64> = some.limit(limits::CHUNKS_AT_ONCE as u64).into_tuple().all(conn).await?;
    let Some(last) = some.last() else {
        blob::Entity::delete_by_id((institution, blob.id)).exec(conn).await?;
        return Ok(true);
    };
    chunk::Entity::delete_many()
        .filter(InstitutionId.eq(institution))
        .filter(BlobId.eq(blob.id))
        .filter(Position.lte(*last))
        .exec(conn)
        .await?;
    Ok(true)
}
