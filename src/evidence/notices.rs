//! What partners were told of what became of a person's data (GDPR Art. 19), and what
//! they answered. Nothing here says who the person is.

pub mod table;

use hei_proto::hei::node::v1::{NoticeKind, NoticeState};
use hei_store::{Conn, Failed};
use hei_values::{Id, Millis};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

/// A notice on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// About whom.
    pub subject: Uuid,
    /// "peers/{domain}".
    pub recipient: String,
    /// What.
    pub kind: NoticeKind,
    /// The record, under its name here.
    pub record: String,
    /// The message that tells it; none to a partner that is no partner any more.
    pub message: Option<Id>,
}

/// What a partner answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What came of the notice.
    pub state: NoticeState,
    /// The rule that makes the partner keep the data; empty without one.
    pub rule: String,
    /// Until when.
    pub until: Option<Millis>,
}

impl Answer {
    /// An answer without a rule.
    pub fn of(state: NoticeState) -> Self {
        Self { state, rule: String::new(), until: None }
    }
}

impl table::Model {
    /// What was told.
    pub fn kind(&self) -> NoticeKind {
        let name = format!("NOTICE_KIND_{}", self.kind.to_ascii_uppercase());
        NoticeKind::from_str_name(&name).unwrap_or_default()
    }

    /// What came of it.
    pub fn state(&self) -> NoticeState {
        let name = format!("NOTICE_STATE_{}", self.state.to_ascii_uppercase());
        NoticeState::from_str_name(&name).unwrap_or_default()
    }
}

fn kind_text(kind: NoticeKind) -> String {
    kind.as_str_name().trim_start_matches("NOTICE_KIND_").to_ascii_lowercase()
}

fn state_text(state: NoticeState) -> String {
    state.as_str_name().trim_start_matches("NOTICE_STATE_").to_ascii_lowercase()
}

/// Records a notice in the transaction that sends it.
///
/// # Errors
/// What the database says.
pub async fn record(
    conn: &Conn,
    institution: Uuid,
    id: Id,
    notice: &Notice,
    now: Millis,
) -> Result<(), Failed> {
    let state = match notice.message {
        Some(_) => NoticeState::Told,
        None => NoticeState::Unreachable,
    };
    let row = table::ActiveModel {
        institution_id: Set(institution),
        id: Set(id.0),
        subject_id: Set(notice.subject),
        recipient: Set(notice.recipient.clone()),
        kind: Set(kind_text(notice.kind)),
        record: Set(notice.record.clone()),
        message_id: Set(notice.message.map(|id| id.0)),
        state: Set(state_text(state)),
        rule: Set(String::new()),
        until_ms: Set(None),
        tell_ms: Set(now.0),
        answer_ms: Set(None),
    };
    table::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Keeps what the partner answered to a message.
///
/// # Errors
/// What the database says.
pub async fn answered(
    conn: &Conn,
    institution: Uuid,
    message: Id,
    answer: &Answer,
    now: Millis,
) -> Result<(), Failed> {
    let change = table::ActiveModel {
        state: Set(state_text(answer.state)),
        rule: Set(answer.rule.clone()),
        until_ms: Set(answer.until.map(|at| at.0)),
        answer_ms: Set(Some(now.0)),
        ..Default::default()
    };
    table::Entity::update_many()
        .set(change)
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::MessageId.eq(message.0))
        .exec(conn)
        .await?;
    Ok(())
}

/// Notices about a person in the order of their identifiers.
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

fn about(institution: Uuid, subject: Uuid) -> Select<table::Entity> {
    table::Entity::find()
        .filter(table::Column::InstitutionId.eq(institution))
        .filter(table::Column::SubjectId.eq(subject))
}

/// The last notices about a person, oldest first.
///
/// # Errors
/// What the database says.
pub async fn of_subject(
    conn: &Conn,
    institution: Uuid,
    subject: Uuid,
    limit: u64,
) -> Result<Vec<table::Model>, Failed> {
    let mut rows =
        about(institution, subject).order_by_desc(table::Column::Id).limit(limit).all(conn).await?;
    rows.reverse();
    Ok(rows)
}
