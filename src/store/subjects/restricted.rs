//! Whose data may only be kept (GDPR Art. 18).

use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::table::{Column, Entity};
use crate::{Conn, Failed};

/// Whether any of these persons has restricted the processing.
///
/// # Errors
/// Those of the database.
pub async fn any_restricted(
    conn: &Conn,
    institution: Uuid,
    subjects: impl IntoIterator<Item = Uuid>,
) -> Result<bool, Failed> {
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    if subjects.is_empty() {
        return Ok(false);
    }
    let found = Entity::find()
        .filter(Column::InstitutionId.eq(institution))
        .filter(Column::Id.is_in(subjects))
        .filter(Column::RestrictedAt.is_not_null());
    Ok(found.count(conn).await? > 0)
}

/// Those who have, for a list to leave out.
pub fn restricted(institution: Uuid) -> SelectStatement {
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::InstitutionId.eq(institution))
        .and_where(Column::RestrictedAt.is_not_null())
        .take()
}
