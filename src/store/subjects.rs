//! Persons: each has a row with a key of its own. What outlives a deletion is
//! sealed with that key and dies with it. Two documents belong to one person only by
//! the same identifier of the same scheme; names and birth dates never join.

use hei_values::{Code, Millis, Refused};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, ExprTrait as _, QueryFilter};
use uuid::Uuid;

use crate::{Conn, Failed};

mod identifiers;
mod restricted;
mod seal;
pub mod table;

use identifiers as identifier;
use table as subject;

pub use hei_values::SubjectIdentifier;
pub use restricted::{any_restricted, restricted};
pub(crate) use seal::{Key, erased};
pub use seal::{Use, fresh_key, open, open_for_use, seal};

/// The persons who have any of these identifiers, each once.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &Conn,
    institution: Uuid,
    identifiers: &[SubjectIdentifier],
) -> Result<Vec<Uuid>, Failed> {
    let mut found: Vec<Uuid> =
        rows(conn, institution, identifiers).await?.into_iter().map(|row| row.subject_id).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn rows(
    conn: &Conn,
    institution: Uuid,
    identifiers: &[SubjectIdentifier],
) -> Result<Vec<identifier::Model>, Failed> {
    use identifier::Column::{InstitutionId, Scheme, Scope, Value};
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let one_of = identifiers.iter().fold(Condition::any(), |any, one| {
        let same = Scheme.eq(&one.scheme).and(Scope.eq(&one.scope)).and(Value.eq(&one.value));
        any.add(same)
    });
    let own = identifier::Entity::find().filter(InstitutionId.eq(institution));
    Ok(own.filter(one_of).all(conn).await?)
}

/// A new person with identifiers that nobody has.
///
/// # Errors
/// ALREADY_EXISTS/ID_CONFLICT if somebody has one of them.
pub async fn create(
    conn: &Conn,
    institution: Uuid,
    id: Uuid,
    key: [u8; 32],
    identifiers: &[SubjectIdentifier],
    now: Millis,
) -> Result<(), Failed> {
    let new = subject::ActiveModel {
        institution_id: Set(institution),
        id: Set(id),
        key: Set(Some(key.to_vec())),
        created_at: Set(now.0),
        erased_at: Set(None),
        revision: Set(1),
        restricted_at: Set(None),
        restricted_for: Set(String::new()),
        restricted_by: Set(String::new()),
    };
    subject::Entity::insert(new).exec_without_returning(conn).await?;
    insert(conn, institution, id, identifiers.to_vec()).await
}

/// More identifiers of a person; those that it has already stay.
///
/// # Errors
/// FAILED_PRECONDITION/AMBIGUOUS_MATCH if one of them is another person's.
pub async fn add_identifiers(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    identifiers: &[SubjectIdentifier],
) -> Result<(), Failed> {
    let known = rows(conn, institution, identifiers).await?;
    if known.iter().any(|row| row.subject_id != subject) {
        let told = "one of the identifiers belongs to another person here";
        return Err(Refused::new(Code::FailedPrecondition, "AMBIGUOUS_MATCH", told).into());
    }
    let known: Vec<_> = known.into_iter().map(identifier::Model::into_identifier).collect();
    let new = identifiers.iter().filter(|one| !known.contains(one)).cloned().collect();
    insert(conn, institution, subject, new).await
}

async fn insert(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    mut identifiers: Vec<SubjectIdentifier>,
) -> Result<(), Failed> {
    identifiers.sort_unstable();
    identifiers.dedup();
    if identifiers.is_empty() {
        return Ok(());
    }
    let new = identifiers.into_iter().map(|one| identifier::ActiveModel {
        institution_id: Set(institution),
        scheme: Set(one.scheme),
        scope: Set(one.scope),
        value: Set(one.value),
        subject_id: Set(subject),
    });
    identifier::Entity::insert_many(new).exec_without_returning(conn).await?;
    Ok(())
}

/// The identifiers of a person, in order.
///
/// # Errors
/// Those of the database.
pub async fn identifiers(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
) -> Result<Vec<SubjectIdentifier>, Failed> {
    use identifier::Column::{InstitutionId, SubjectId};
    let own = identifier::Entity::find().filter(InstitutionId.eq(institution));
    let rows = own.filter(SubjectId.eq(subject)).all(conn).await?;
    let mut found: Vec<_> = rows.into_iter().map(identifier::Model::into_identifier).collect();
    found.sort_unstable();
    Ok(found)
}

/// Erases a person: the key and the identifiers go, and with the key everything
/// that is sealed with it. The row stays, so that what refers to it still can.
///
/// # Errors
/// Those of the database.
pub async fn erase(conn: &Conn, institution: Uuid, id: Uuid, now: Millis) -> Result<(), Failed> {
    use identifier::Column::{InstitutionId, SubjectId};
    conn.will_erase();
    let gone = subject::ActiveModel {
        key: Set(None),
        erased_at: Set(Some(now.0)),
        restricted_at: Set(None),
        restricted_for: Set(String::new()),
        restricted_by: Set(String::new()),
        ..Default::default()
    };
    subject::Entity::update_many()
        .set(gone)
        .col_expr(subject::Column::Revision, Expr::col(subject::Column::Revision).add(1))
        .filter(subject::Column::InstitutionId.eq(institution))
        .filter(subject::Column::Id.eq(id))
        .filter(subject::Column::ErasedAt.is_null())
        .exec(conn)
        .await?;
    identifier::Entity::delete_many()
        .filter(InstitutionId.eq(institution))
        .filter(SubjectId.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}
