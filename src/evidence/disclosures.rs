//! Who received what about whom, and why. A disclosure is durable before the
//! answer that discloses, and stands in the evidence log too.

pub mod table;

use hei_proto::hei::common::v1::Purpose;
use hei_store::{Conn, Failed};
use hei_values::{Disclosure, Id, Millis, purpose};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::log::{self, Entry, Happened};

/// What allows personal data to move for a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The purpose.
    pub purpose: Purpose,
    /// The legal basis, as the institution words it.
    pub legal_basis: String,
    /// The categories of data.
    pub data_categories: Vec<String>,
}

/// What separates categories in their column; no category may hold it.
const SEPARATOR: &str = "\n";

impl table::Model {
    /// The categories of data.
    pub fn categories(&self) -> Vec<String> {
        self.data_categories.split(SEPARATOR).filter(|c| !c.is_empty()).map(str::to_owned).collect()
    }
}

/// Records a disclosure in the transaction that discloses.
///
/// # Errors
/// What the database says.
pub async fn record(
    conn: &Conn,
    institution: Uuid,
    id: Id,
    subject: Uuid,
    what: &Disclosure,
    basis: &Basis,
    now: Millis,
) -> Result<(), Failed> {
    let code = purpose::code(what.purpose);
    let row = table::ActiveModel {
        institution_id: Set(institution),
        id: Set(id.0),
        subject_id: Set(subject),
        recipient: Set(what.recipient.clone()),
        resource: Set(what.resource.clone()),
        purpose: Set(code.clone()),
        legal_basis: Set(basis.legal_basis.clone()),
        data_categories: Set(basis.data_categories.join(SEPARATOR)),
        channel: Set(what.channel.to_owned()),
        at_ms: Set(now.0),
    };
    table::Entity::insert(row).exec_without_returning(conn).await?;
    let entry = Entry {
        resource: what.resource.clone(),
        actor: what.recipient.clone(),
        purpose: code,
        legal_basis: basis.legal_basis.clone(),
        ..Entry::new(Happened::Disclosed, now)
    };
    log::append(conn, institution, id, &entry).await?;
    Ok(())
}

/// The disclosures about one person after a position, oldest first.
///
/// # Errors
/// What the database says.
pub async fn page(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<table::Model>, Failed> {
    let mut query = about(institution, subject).order_by_asc(table::Column::Id).limit(limit);
    if let Some(after) = after {
        query = query.filter(table::Column::Id.gt(after));
    }
    Ok(query.all(conn).await?)
}

/// Somebody who received data about a person for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Received {
    /// "peers/{domain}".
    pub recipient: String,
    /// The code of the purpose.
    pub purpose: String,
    /// On which legal basis.
    pub legal_basis: String,
    /// How many disclosures.
    pub count: i64,
    /// The first.
    pub first_ms: i64,
    /// The last.
    pub last_ms: i64,
}

/// Who received data about a person, why, and how often.
///
/// # Errors
/// What the database says.
pub async fn recipients(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
) -> Result<Vec<Received>, Failed> {
    use table::Column::{AtMs, Id, LegalBasis, Purpose, Recipient};
    let grouped = about(institution, subject)
        .select_only()
        .columns([Recipient, Purpose, LegalBasis])
        .column_as(Id.count(), "count")
        .column_as(AtMs.min(), "first_ms")
        .column_as(AtMs.max(), "last_ms")
        .group_by(Recipient)
        .group_by(Purpose)
        .group_by(LegalBasis)
        .order_by_asc(Recipient)
        .order_by_asc(Purpose)
        .order_by_asc(LegalBasis);
    Ok(grouped.into_model().all(conn).await?)
}

/// Each recipient with each resource about a person that it received, once.
///
/// # Errors
/// What the database says.
pub async fn received(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
) -> Result<Vec<(String, String)>, Failed> {
    use table::Column::{Recipient, Resource};
    let pairs = about(institution, subject)
        .select_only()
        .columns([Recipient, Resource])
        .distinct()
        .order_by_asc(Recipient)
        .order_by_asc(Resource);
    Ok(pairs.into_tuple().all(conn).await?)
}

/// All disclosures about a person.
pub fn about(institution: Uuid, subject: Uuid) -> Select<table::Entity> {
    table::Entity::find()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::SubjectId.eq(subject))
}

/// Drops the disclosures of before an instant; the evidence of them stays.
///
/// # Errors
/// What the database says.
pub async fn drop_before(conn: &Conn, institution: Uuid, before: Millis) -> Result<u64, Failed> {
    let old = table::Entity::delete_many()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::AtMs.lt(before.0));
    Ok(old.exec(conn).await?.rows_affected)
}
