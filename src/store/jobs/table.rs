//! Table `jobs`: one row each job, one for each that recurs.

use sea_orm::entity::prelude::*;

/// A job.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// The institution that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// Its identifier: a UUIDv7, or of the digest of its name if it recurs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is done.
    pub name: String,
    /// "queued", "running", "succeeded", "failed" or "cancelled".
    pub state: String,
    /// Who asked for it.
    pub principal: String,
    /// As what: the roles that it had then.
    pub roles: String,
    /// Why, where it moves personal data.
    pub purpose: String,
    /// What it works on, sealed with the subject's key if there is one.
    pub argument: Vec<u8>,
    /// The person that it is about.
    pub subject_id: Option<Uuid>,
    /// Not before this.
    pub run_at: i64,
    /// The process that works on it.
    pub lease_owner: Option<Uuid>,
    /// Until when nobody else may.
    pub lease_until: i64,
    /// How often the step that is due was begun.
    pub attempts: i32,
    /// Where the next step goes on.
    pub cursor: Vec<u8>,
    /// So much is done.
    pub done: i64,
    /// Of so much; 0 as long as nobody knows.
    pub total: i64,
    /// What came of it, sealed like the argument.
    pub answer: Option<Vec<u8>>,
    /// Why the last try failed, as callers are told.
    pub error: Option<Vec<u8>>,
    /// The same in a word.
    pub reason: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Without what it works on.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Job");
        shown.field("id", &self.id).field("name", &self.name).field("state", &self.state);
        shown.finish_non_exhaustive()
    }
}
