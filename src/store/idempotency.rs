//! Answers to requests that may come again (X-04, AIP-155): the same key and
//! content get the same answer for 24 hours, without a second effect.

use bytes::Bytes;
use hei_values::{Code, Millis, Refused};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{Conn, Failed, limits, subjects};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "answers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub institution_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub principal: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub method: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: String,
        pub digest: Vec<u8>,
        /// Sealed with the person's key if it is about one.
        pub answer: Vec<u8>,
        pub subject_id: Option<Uuid>,
        pub created_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The answer that the same request got before.
///
/// # Errors
/// ALREADY_EXISTS/ID_CONFLICT if the key came with other content;
/// FAILED_PRECONDITION/ANSWER_ERASED if the person it was about is erased.
pub async fn find(
    conn: &Conn,
    institution: Uuid,
    principal: &str,
    method: &str,
    request_id: &str,
    digest: &[u8; 32],
    now: Millis,
) -> Result<Option<Bytes>, Failed> {
    let key = (institution, principal.to_owned(), method.to_owned(), request_id.to_owned());
    let found = row::Entity::find_by_id(key).one(conn).await?;
    let Some(found) = found.filter(|row| row.created_at > oldest(now)) else { return Ok(None) };
    if found.digest != digest {
        let told = "this request_id was used for another request: take a new one";
        let refused = Refused::new(Code::AlreadyExists, "ID_CONFLICT", told);
        return Err(refused.with("request_id", request_id).into());
    }
    let Some(subject) = found.subject_id else { return Ok(Some(found.answer.into())) };
    match subjects::open(conn, institution, subject, &found.answer).await? {
        Some(answer) => Ok(Some(answer.into())),
        None => {
            let told = "this request was done; the person it was about is erased since";
            Err(Refused::new(Code::FailedPrecondition, "ANSWER_ERASED", told).into())
        }
    }
}

/// An answer that a repeat would get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who asked.
    pub principal: String,
    /// The method's path.
    pub method: String,
    /// The key of the request.
    pub request_id: String,
    /// When it was answered.
    pub created_at: i64,
    /// The answer.
    pub answer: Vec<u8>,
}

/// The answers about a person.
///
/// # Errors
/// Those of the database.
pub async fn about(conn: &Conn, institution: Uuid, subject: Uuid) -> Result<Vec<Kept>, Failed> {
    let rows = row::Entity::find()
        .filter(row::Column::InstitutionId.eq(institution))
        .filter(row::Column::SubjectId.eq(subject))
        .order_by_asc(row::Column::CreatedAt)
        .order_by_asc(row::Column::Method)
        .order_by_asc(row::Column::RequestId);
    let mut kept = Vec::new();
    for row in rows.all(conn).await? {
        let opened = subjects::open(conn, institution, subject, &row.answer).await?;
        let row::Model { principal, method, request_id, created_at, .. } = row;
        let of = |answer| Kept { principal, method, request_id, created_at, answer };
        kept.extend(opened.map(of));
    }
    Ok(kept)
}

/// Keeps the answer, in the transaction of its effect.
///
/// # Errors
/// Runs again if the same request was answered meanwhile.
#[expect(clippy::too_many_arguments, reason = "the key of an answer has four parts")]
pub async fn keep(
    conn: &Conn,
    institution: Uuid,
    principal: &str,
    method: &str,
    request_id: &str,
    digest: &[u8; 32],
    answer: &[u8],
    subject: Option<Uuid>,
    now: Millis,
) -> Result<(), Failed> {
    let answer = match subject {
        Some(subject) => subjects::seal(conn, institution, subject, answer).await?,
        None => answer.to_vec(),
    };
    let new = row::ActiveModel {
        institution_id: Set(institution),
        principal: Set(principal.to_owned()),
        method: Set(method.to_owned()),
        request_id: Set(request_id.to_owned()),
        digest: Set(digest.to_vec()),
        answer: Set(answer),
        subject_id: Set(subject),
        created_at: Set(now.0),
    };
    let kept = row::Entity::insert(new)
        .on_conflict(over_expired(now))
        .exec_without_returning(conn)
        .await?;
    match kept {
        0 => Err(Failed::Conflict),
        _ => Ok(()),
    }
}

/// An expired answer of the same key gives way.
fn over_expired(now: Millis) -> OnConflict {
    use row::Column::{
        Answer, CreatedAt, Digest, InstitutionId, Method, Principal, RequestId, SubjectId,
    };
    OnConflict::columns([InstitutionId, Principal, Method, RequestId])
        .update_columns([Digest, Answer, SubjectId, CreatedAt])
        .action_and_where(Expr::col((row::Entity, CreatedAt)).lte(oldest(now)))
        .to_owned()
}

/// Drops the answers that nobody may ask for any more.
///
/// # Errors
/// Those of the database.
pub async fn sweep(conn: &Conn, institution: Uuid, now: Millis) -> Result<u64, Failed> {
    let own = row::Entity::delete_many().filter(row::Column::InstitutionId.eq(institution));
    let expired = own.filter(row::Column::CreatedAt.lte(oldest(now)));
    Ok(expired.exec(conn).await?.rows_affected)
}

fn oldest(now: Millis) -> i64 {
    now.plus(-limits::ANSWER_MILLIS_MAX).0
}
