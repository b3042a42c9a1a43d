//! What a command may do: all that a query may, and change rows, each with the
//! decision that allows it. Messages, disclosures and evidence come from the
//! decision, in the same transaction; nothing else sends or logs.

use std::ops::Deref;

use hei_evidence::{disclosures, log};
use hei_messaging::outbox;
use hei_store::feed::{self, Change, What};
use hei_store::{Failed, subjects};
use hei_values::{Decision, Disclosure, Effect, Id, Note, Outgoing, Refused};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ExprTrait as _, QueryFilter};

use crate::{Key, Read, Table};

/// A running command, inside its transaction.
pub struct Call {
    read: Read,
    pub(crate) sent: Vec<Id>,
    about: String,
    pub(crate) rehearsal: bool,
    pub(crate) refusal: Option<Refused>,
}

impl Deref for Call {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

impl Call {
    pub(crate) fn new(read: Read) -> Self {
        Self { read, sent: Vec::new(), about: String::new(), rehearsal: false, refusal: None }
    }

    /// The message whose answer this is, for the handler of an answer.
    pub fn message_id(&self) -> &str {
        &self.about
    }

    /// Answers as if everything were done, and does nothing: a dry run.
    pub fn only_rehearse(&mut self) {
        self.rehearsal = true;
    }

    /// Answers with a refusal, and keeps what was done all the same: what is asked for may
    /// not be, and something else is done instead. Whatever the handler answers is dropped.
    pub fn refuse_and_keep(&mut self, refused: Refused) {
        self.refusal = Some(refused);
    }

    pub(crate) fn about(&mut self, message_id: String) {
        self.about = message_id;
    }

    /// A new identifier.
    ///
    /// # Errors
    /// INTERNAL if the system has no randomness.
    pub fn fresh_id(&self) -> Result<Id, Refused> {
        self.node.fresh_id(self.now)
    }

    /// The messages that decisions of this call have queued, in order.
    pub fn sent(&self) -> &[Id] {
        &self.sent
    }

    /// A new row, and what its decision brings with it.
    ///
    /// # Errors
    /// What the effects refuse; a duplicate key runs once more and is then ID_CONFLICT.
    pub async fn insert<T: Table, S>(
        &mut self,
        draft: T::Draft,
        decision: Decision<S>,
    ) -> Result<T::Row, Failed> {
        let row = T::insert(draft).exec_with_returning(&self.read.conn).await?;
        self.saw::<T>(&row);
        self.changed::<T>(&T::key(&row), What::Created).await?;
        self.effects(decision, T::key(&row).subject).await?;
        Ok(row)
    }

    /// A changed row: the revision grows by one, and what the decision brings with it.
    ///
    /// # Errors
    /// Runs again if somebody changed the row since it was read.
    pub async fn replace<T: Table, S>(
        &mut self,
        row: &T::Row,
        draft: T::Draft,
        decision: Decision<S>,
    ) -> Result<T::Row, Failed> {
        let key = T::key(row);
        let changed = T::update_many()
            .set(draft)
            .col_expr(T::REVISION, Expr::col(T::REVISION).add(1))
            .filter(T::INSTITUTION.eq(key.institution))
            .filter(T::ID.eq(key.id))
            .filter(T::REVISION.eq(key.revision))
            .exec_with_returning(&self.read.conn)
            .await?;
        let row = changed.into_iter().next().ok_or(Failed::Conflict)?;
        self.saw::<T>(&row);
        self.changed::<T>(&T::key(&row), What::Changed).await?;
        self.effects(decision, T::key(&row).subject).await?;
        Ok(row)
    }

    /// A row that goes, and leaves nothing in any file; what the decision brings with it.
    ///
    /// # Errors
    /// Runs again if somebody changed the row since it was read.
    pub async fn delete<T: Table, S>(
        &mut self,
        row: &T::Row,
        decision: Decision<S>,
    ) -> Result<(), Failed> {
        let key = T::key(row);
        let gone = T::delete_many()
            .filter(T::INSTITUTION.eq(key.institution))
            .filter(T::ID.eq(key.id))
            .filter(T::REVISION.eq(key.revision))
            .exec(&self.read.conn)
            .await?;
        if gone.rows_affected == 0 {
            return Err(Failed::Conflict);
        }
        self.read.conn.will_erase();
        let last = Key { revision: key.revision + 1, ..key };
        self.changed::<T>(&last, What::Deleted).await?;
        self.effects(decision, key.subject).await
    }

    /// Notes a change for the feed of its table, if there is one.
    async fn changed<T: Table>(&self, key: &Key, what: What) -> Result<(), Failed> {
        if !T::FEED {
            return Ok(());
        }
        let change = Change { resource: key.id, revision: key.revision, what, at: self.now };
        feed::record(&self.conn, key.institution, T::COLLECTION, &change).await
    }

    /// A decision that leaves the row as it is but has effects.
    ///
    /// # Errors
    /// What the effects refuse.
    pub async fn act<T: Table, S>(
        &mut self,
        row: &T::Row,
        decision: Decision<S>,
    ) -> Result<(), Failed> {
        self.effects(decision, T::key(row).subject).await
    }

    async fn effects<S>(
        &mut self,
        decision: Decision<S>,
        subject: Option<Uuid>,
    ) -> Result<(), Failed> {
        for effect in decision.effects {
            match effect {
                Effect::Send(message) => drop(self.send(message, subject).await?),
                Effect::Tell(kind, message) => {
                    let about = about_somebody(subject, &message.resource)?;
                    self.tell(kind, message, about, subject).await?;
                }
                Effect::Disclose(what) => self.disclose(&what, subject).await?,
                Effect::Note(what) => self.note(&what).await?,
            }
        }
        Ok(())
    }

    pub(crate) async fn send(
        &mut self,
        message: Outgoing,
        subject: Option<Uuid>,
    ) -> Result<Id, Failed> {
        let read = &self.read;
        let id = outbox::enqueue(&read.conn, &read.node.desk, message, subject, read.now).await?;
        self.sent.push(id);
        Ok(id)
    }

    pub(crate) async fn disclose(
        &mut self,
        what: &Disclosure,
        subject: Option<Uuid>,
    ) -> Result<(), Failed> {
        let subject = about_somebody(subject, &what.resource)?;
        let read = &self.read;
        let basis = read.node.desk.purposes().of(what.purpose)?.clone();
        let id = self.fresh_id()?;
        let institution = read.node.institution.id;
        disclosures::record(&read.conn, institution, id, subject, what, &basis, read.now).await
    }

    async fn note(&mut self, what: &Note) -> Result<(), Failed> {
        let read = &self.read;
        let entry = log::Entry::changed(what, &read.caller.client, read.now);
        let id = self.fresh_id()?;
        log::append(&read.conn, read.node.institution.id, id, &entry).await?;
        Ok(())
    }

    /// The person with one of these identifiers, new if nobody has any of them.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/AMBIGUOUS_MATCH if they belong to two persons.
    pub async fn subject(
        &self,
        identifiers: &[subjects::SubjectIdentifier],
    ) -> Result<Uuid, Failed> {
        let institution = self.node.institution.id;
        let found = subjects::find(&self.conn, institution, identifiers).await?;
        let one = self.only(&found, identifiers).await?;
        subjects::add_identifiers(&self.conn, institution, one, identifiers).await?;
        Ok(one)
    }

    /// The same, but a person who is known here learns no further identifier: what a
    /// partner says of somebody must not make two persons one.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/AMBIGUOUS_MATCH if they belong to two persons.
    pub async fn subject_as_known(
        &self,
        identifiers: &[subjects::SubjectIdentifier],
    ) -> Result<Uuid, Failed> {
        let found = subjects::find(&self.conn, self.node.institution.id, identifiers).await?;
        self.only(&found, identifiers).await
    }

    /// The one person who was found, or a new one.
    async fn only(
        &self,
        found: &[Uuid],
        identifiers: &[subjects::SubjectIdentifier],
    ) -> Result<Uuid, Failed> {
        match found {
            [] => {
                let id = self.fresh_id()?.0;
                let (institution, key) = (self.node.institution.id, subjects::fresh_key()?);
                subjects::create(&self.conn, institution, id, key, identifiers, self.now).await?;
                Ok(id)
            }
            [one] => Ok(*one),
            many => Err(ambiguous(many.len()).into()),
        }
    }
}

fn about_somebody(subject: Option<Uuid>, resource: &str) -> Result<Uuid, Refused> {
    subject.ok_or_else(|| Refused::internal(format!("{resource} names no person")))
}

fn ambiguous(count: usize) -> Refused {
    let told = format!(
        "the learner's identifiers belong to {count} different persons here: \
         correct them at the source, or merge the persons first"
    );
    Refused::new(hei_values::Code::FailedPrecondition, "AMBIGUOUS_MATCH", told)
}
