//! The statement that gives positions to changes (src/store/feed/positions.rs says why in
//! this order). Both engines read it alike.

use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use crate::limits;

const NEXT: &str = "\
WITH waiting AS (
  SELECT collection, resource_id, revision,
    MAX(changed_at) OVER (PARTITION BY collection, resource_id ORDER BY revision) AS moment
  FROM changes WHERE institution_id = $1 AND position IS NULL
), next AS (
  SELECT collection, resource_id, revision,
    ROW_NUMBER() OVER (ORDER BY moment, revision, collection, resource_id) AS place
  FROM waiting ORDER BY place LIMIT $3
)
UPDATE changes SET position = $2 + next.place FROM next
WHERE changes.institution_id = $1 AND changes.position IS NULL
  AND changes.collection = next.collection AND changes.resource_id = next.resource_id
  AND changes.revision = next.revision";

/// Gives the next batch of waiting changes the positions after the last.
pub(crate) fn next(backend: DbBackend, institution: Uuid, last: i64) -> Statement {
    let values = [institution.into(), last.into(), limits::POSITIONS_MAX.into()];
    Statement::from_sql_and_values(backend, NEXT, values)
}
