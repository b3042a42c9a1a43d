//! Reading the feed from a position on.

use hei_values::{Code, Millis, Refused};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::table::{change, feed};
use super::{Change, What};
use crate::{Conn, Failed};

/// From where a reader goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What comes from now on: nothing yet.
    Now,
    /// What comes after a position.
    After(i64),
}

/// Changes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The changes, each once.
    pub changes: Vec<Change>,
    /// The position after which the next page begins.
    pub next: i64,
    /// Whether that page has something already.
    pub more: bool,
}

/// A page of an institution's changes in one collection; with `only`, which gives the
/// identifiers of rows, those of resources that are among them.
///
/// # Errors
/// OUT_OF_RANGE/CURSOR_EXPIRED if changes after the position were dropped, or if it was
/// never given here.
pub async fn page(
    conn: &Conn,
    institution: Uuid,
    collection: &str,
    from: Place,
    only: Option<SelectStatement>,
    size: u64,
) -> Result<Page, Failed> {
    // Read before the changes, so that none up to it is missing among them: a reader of
    // a quiet collection moves on with all others and does not expire.
    let last = bounds(conn, institution).await?.last_position;
    let Place::After(after) = from else {
        return Ok(Page { changes: Vec::new(), next: last, more: false });
    };
    if after == last {
        return Ok(Page { changes: Vec::new(), next: last, more: false });
    }
    let mut rows = rows(conn, institution, collection, after, only, size).await?;
    // Read after the changes: what was dropped while they were read shows here.
    let swept = bounds(conn, institution).await?.swept_position;
    // A position beyond the last is of a database that was since put back.
    if after < swept || after > last {
        return Err(expired().into());
    }
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    let shown = rows.last().and_then(|row| row.position).unwrap_or(after);
    let changes = rows.into_iter().map(Change::of).collect::<Result<_, _>>()?;
    Ok(Page { changes, next: if more { shown } else { shown.max(last) }, more })
}

async fn rows(
    conn: &Conn,
    institution: Uuid,
    collection: &str,
    after: i64,
    only: Option<SelectStatement>,
    size: u64,
) -> Result<Vec<change::Model>, Failed> {
    let mut query = change::Entity::find()
        .filter(change::Column::InstitutionId.eq(institution))
        .filter(change::Column::Collection.eq(collection))
        .filter(change::Column::Position.gt(after));
    if let Some(only) = only {
        query = query.filter(change::Column::ResourceId.in_subquery(only));
    }
    let ordered = query.order_by_asc(change::Column::Position);
    Ok(ordered.limit(size.saturating_add(1)).all(conn).await?)
}

/// How far the feed has come, and what of it is dropped.
async fn bounds(conn: &Conn, institution: Uuid) -> Result<feed::Model, Failed> {
    let found = feed::Entity::find_by_id(institution).one(conn).await?;
    let none = feed::Model { institution_id: institution, last_position: 0, swept_position: 0 };
    Ok(found.unwrap_or(none))
}

impl Change {
    fn of(row: change::Model) -> Result<Self, Refused> {
        let unknown = || Refused::internal(format!("a change is {:?}", row.what));
        let what = What::from_name(&row.what).ok_or_else(unknown)?;
        let at = Millis(row.changed_at);
        Ok(Self { resource: row.resource_id, revision: row.revision, what, at })
    }
}

fn expired() -> Refused {
    let told = "changes after this cursor are not kept any more: take a new cursor, \
                read everything, and go on from that cursor";
    Refused::new(Code::OutOfRange, "CURSOR_EXPIRED", told)
}
