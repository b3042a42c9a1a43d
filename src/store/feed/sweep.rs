//! Dropping old changes. The feed remembers how far, so that a cursor that is too old
//! is known to be and not guessed.

use hei_values::Millis;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel as _,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::table::{change, feed};
use crate::{Conn, Failed, limits};

/// Drops the oldest changes that are kept long enough, some thousands at once; says how
/// many. Those without a position, which nobody has read, stay.
///
/// # Errors
/// Those of the database.
pub async fn sweep(conn: &Conn, institution: Uuid, now: Millis) -> Result<u64, Failed> {
    let Some(feed) = feed::Entity::find_by_id(institution).one(conn).await? else { return Ok(0) };
    let reach = feed.last_position.min(feed.swept_position.saturating_add(limits::SWEPT_MAX));
    // Only what comes before the first change that is young: a feed has no holes.
    let young = change::Entity::find()
        .select_only()
        .column(change::Column::Position)
        .filter(change::Column::InstitutionId.eq(institution))
        .filter(change::Column::Position.gt(feed.swept_position))
        .filter(change::Column::Position.lte(reach))
        .filter(change::Column::ChangedAt.gt(now.plus(-limits::CHANGE_MILLIS_MAX).0))
        .order_by_asc(change::Column::Position)
        .limit(1)
        .into_tuple::<i64>()
        .one(conn)
        .await?;
    let swept = young.map_or(reach, |position| position - 1);
    if swept == feed.swept_position {
        return Ok(0);
    }
    let mut moved = feed.into_active_model();
    moved.swept_position = Set(swept);
    moved.update(conn).await?;
    let dropped = change::Entity::delete_many()
        .filter(change::Column::InstitutionId.eq(institution))
        .filter(change::Column::Position.lte(swept))
        .exec(conn)
        .await?;
    Ok(dropped.rows_affected)
}
