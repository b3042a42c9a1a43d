//! Partners as they are read: the row and the descriptor that it pins.

use std::collections::BTreeMap;

use hei_store::{Conn, Failed};
use hei_values::{Etag, HeiId, Refused};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{State, descriptors, table};
use crate::descriptor::Pinned;

/// A partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its row.
    pub row: table::Model,
    /// What is pinned.
    pub pinned: Pinned,
}

impl Known {
    /// How we stand to it.
    pub fn state(&self) -> State {
        State::read(&self.row.state)
    }

    /// The tag of its revision.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.row.domain, self.row.revision)
    }
}

/// A partner by its domain, removed ones too.
///
/// # Errors
/// What the database says.
pub async fn find(conn: &Conn, institution: Uuid, peer: &HeiId) -> Result<Option<Known>, Failed> {
    let key = (institution, peer.to_string());
    let row = table::Entity::find_by_id(key).one(conn).await?;
    let rows = with_descriptors(conn, institution, row.into_iter().collect()).await?;
    Ok(rows.into_iter().next())
}

/// The partners after a domain, in the order of domains, without those removed.
///
/// # Errors
/// What the database says.
pub async fn page(
    conn: &Conn,
    institution: Uuid,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Known>, Failed> {
    let mut query = table::Entity::find()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::State.ne("removed"))
        .order_by_asc(table::Column::Domain)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(table::Column::Domain.gt(after));
    }
    let rows = query.all(conn).await?;
    with_descriptors(conn, institution, rows).await
}

/// All partners with whom exchange goes on or rests, those added first before others.
pub(crate) async fn standing(conn: &Conn, institution: Uuid) -> Result<Vec<Known>, Failed> {
    let rows = table::Entity::find()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::State.ne("removed"))
        .order_by_asc(table::Column::CreateMs)
        .order_by_asc(table::Column::Domain)
        .all(conn)
        .await?;
    with_descriptors(conn, institution, rows).await
}

async fn with_descriptors(
    conn: &Conn,
    institution: Uuid,
    rows: Vec<table::Model>,
) -> Result<Vec<Known>, Failed> {
    let domains: Vec<&str> = rows.iter().map(|row| row.domain.as_str()).collect();
    if domains.is_empty() {
        return Ok(Vec::new());
    }
    let found = descriptors::Entity::find()
        .filter(descriptors::Column::InstitutionId.eq(institution))
        .filter(descriptors::Column::Domain.is_in(domains))
        .all(conn)
        .await?;
    let key = |d: &descriptors::Model| (d.domain.clone(), d.fingerprint.clone(), d.version);
    let mut found: BTreeMap<_, _> = found.into_iter().map(|d| (key(&d), d)).collect();
    let mut known = Vec::new();
    for row in rows {
        let key = (row.domain.clone(), row.fingerprint.clone(), row.descriptor_version);
        let lost = || Refused::internal(format!("the descriptor of {} is not kept", row.domain));
        let signed = found.remove(&key).ok_or_else(lost)?.signed();
        known.push(Known { pinned: Pinned::kept(signed)?, row });
    }
    Ok(known)
}
