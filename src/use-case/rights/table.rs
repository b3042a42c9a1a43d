//! Persons as rows like others: with a revision, a name and a person.

use hei_store::Failed;
use hei_store::subjects::table::{ActiveModel, Column, Entity, Model};
use hei_values::{Id, Refused};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, QueryFilter as _};

use super::rules::Standing;
use crate::{Key, Read, Table};

impl Table for Entity {
    type Row = Model;
    type Draft = ActiveModel;
    const COLLECTION: &'static str = "subjects";
    const INSTITUTION: Column = Column::InstitutionId;
    const ID: Column = Column::Id;
    const REVISION: Column = Column::Revision;
    const SUBJECT: Option<Column> = Some(Column::Id);

    fn key(row: &Model) -> Key {
        let (institution, id, revision) = (row.institution_id, row.id, row.revision);
        Key { institution, id, revision, subject: Some(id) }
    }
}

/// The person, if the caller may know of it: a learner of itself only.
///
/// # Errors
/// NOT_FOUND, whether it is not here or not for the caller; ABORTED/REVISION_CONFLICT
/// if the request names another revision.
pub async fn find(read: &Read, id: Id) -> Result<Model, Failed> {
    let absent = || Refused::not_found(&hei_values::name::of(Entity::COLLECTION, id));
    if read.caller().only_learner() {
        let own = match &read.caller().learner {
            Some(learner) => read.subject(learner).await?,
            None => None,
        };
        if own != Some(id.0) {
            return Err(absent().into());
        }
    }
    let found = read.one(read.own::<Entity>().filter(Column::Id.eq(id.0))).await?;
    found.ok_or_else(|| absent().into())
}

/// How a person's data stands.
pub(super) fn standing(row: &Model) -> Standing {
    match (row.erased_at, row.restricted_at) {
        (Some(_), _) => Standing::Erased,
        (None, Some(_)) => Standing::Restricted,
        (None, None) => Standing::Open,
    }
}

/// The resource name.
pub(super) fn name(id: Uuid) -> String {
    hei_values::name::of(Entity::COLLECTION, hei_values::Id(id))
}
