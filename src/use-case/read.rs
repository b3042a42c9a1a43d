//! What a query may do: read, and know who asks, why and when. It remembers the
//! rows that it was shown, so that a peer's read is a disclosure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hei_store::subjects;
use hei_store::{Conn, Failed};
use hei_values::{Etag, Identifier, Millis, Principal, Purpose, Refused, SubjectIdentifier};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::{Node, Table};

/// Rows of one page and the token of the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// The rows, in the order of their identifiers.
    pub rows: Vec<R>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// A running call, as far as it only reads.
pub struct Read {
    pub(crate) conn: Conn,
    pub(crate) node: Arc<Node>,
    pub(crate) now: Millis,
    pub(crate) caller: Principal,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) method: &'static str,
    /// The revision that the caller names, checked when the first row is read.
    pub(crate) etag: Mutex<Option<String>>,
    /// Whether the call may see the data of persons who have restricted the processing.
    pub(crate) keeps: bool,
    seen: Mutex<BTreeMap<String, Option<Uuid>>>,
}

impl Read {
    pub(crate) fn new(conn: Conn, node: Arc<Node>, now: Millis, caller: Principal) -> Self {
        Self {
            conn,
            node,
            now,
            caller,
            purpose: None,
            method: "",
            etag: Mutex::new(None),
            keeps: false,
            seen: Mutex::new(BTreeMap::new()),
        }
    }

    /// For the node's own keeping of what it has: messages that it takes, and what ends.
    pub(crate) fn of_the_node(conn: Conn, node: Arc<Node>, now: Millis, caller: Principal) -> Self {
        Self { keeps: true, ..Self::new(conn, node, now, caller) }
    }

    /// When the call began.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Who calls.
    pub fn caller(&self) -> &Principal {
        &self.caller
    }

    /// Why: serve has seen to it that a call with personal data has a purpose.
    pub fn purpose(&self) -> Purpose {
        self.purpose.unwrap_or_default()
    }

    /// The institution whose node this is: first in every key.
    pub fn institution(&self) -> &hei_store::institution::Institution {
        &self.node.institution
    }

    /// The connection, for the tables of the mechanisms.
    pub fn conn(&self) -> &Conn {
        &self.conn
    }

    /// What is held about persons, and how long.
    pub fn rights(&self) -> &crate::rights::Rights {
        &self.node.rights
    }

    /// Where messages are queued and peers known.
    pub fn desk(&self) -> &hei_messaging::Desk {
        &self.node.desk
    }

    /// All rows of a table that belong to the institution: what `visible` starts from.
    pub fn own<T: Table>(&self) -> Select<T> {
        T::find().filter(T::INSTITUTION.eq(self.node.institution.id))
    }

    /// The one row of a query.
    ///
    /// # Errors
    /// ABORTED/REVISION_CONFLICT if the request names another revision of it.
    pub async fn one<T: Table>(&self, query: Select<T>) -> Result<Option<T::Row>, Failed> {
        let Some(row) = query.one(&self.conn).await? else { return Ok(None) };
        self.check_etag(&T::name(&row), &T::key(&row).etag())?;
        self.saw::<T>(&row);
        Ok(Some(row))
    }

    /// All rows of a query that has few.
    ///
    /// # Errors
    /// What the database says.
    pub async fn some<T: Table>(&self, query: Select<T>) -> Result<Vec<T::Row>, Failed> {
        let rows = query.all(&self.conn).await?;
        rows.iter().for_each(|row| self.saw::<T>(row));
        Ok(rows)
    }

    /// A page of a query, in the order of identifiers. `bound` is what else the
    /// request asks for: a token serves only the same caller and question. Persons who
    /// have restricted the processing are left out, so that no list fails by them.
    ///
    /// # Errors
    /// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
    pub async fn page<T: Table>(
        &self,
        query: Select<T>,
        size: u64,
        token: &str,
        bound: &[u8],
    ) -> Result<Page<T::Row>, Failed> {
        let mut query = query.order_by_asc(T::ID);
        if let Some(subject) = T::SUBJECT.filter(|_| !self.sees_restricted()) {
            let restricted = subjects::restricted(self.node.institution.id);
            query = query.filter(subject.not_in_subquery(restricted));
        }
        if let Some(after) = self.page_start(token, bound)? {
            query = query.filter(T::ID.gt(after));
        }
        let mut rows = query.limit(size.saturating_add(1)).all(&self.conn).await?;
        let more = rows.len() as u64 > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let last = rows.last().filter(|_| more).map(|row| T::key(row).id);
        rows.iter().for_each(|row| self.saw::<T>(row));
        Ok(Page { rows, next_page_token: self.page_token(last, bound) })
    }

    /// The person whom an identifier names at this institution (a learner's filter).
    ///
    /// # Errors
    /// What the database says.
    pub async fn subject(&self, identifier: &Identifier) -> Result<Option<Uuid>, Failed> {
        let own = &self.node.institution;
        let one = SubjectIdentifier::of(identifier, own.domain.as_str());
        let found = subjects::find(&self.conn, own.id, one.as_slice()).await?;
        Ok(found.first().copied())
    }

    /// A restriction holds back whoever processes the data, not the person itself.
    pub(crate) fn sees_restricted(&self) -> bool {
        self.keeps || self.caller.only_learner()
    }

    /// Where a page begins that is no row's.
    ///
    /// # Errors
    /// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
    pub fn page_place(&self, token: &str, bound: &[u8]) -> Result<Option<Vec<u8>>, Failed> {
        Ok(self.node.pager.open_bytes(self.method, bound, &self.caller.client, token)?)
    }

    /// Where a page of a mechanism's table begins.
    ///
    /// # Errors
    /// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
    pub fn page_start(&self, token: &str, bound: &[u8]) -> Result<Option<Uuid>, Failed> {
        Ok(self.node.pager.open(self.method, bound, &self.caller.client, token)?)
    }

    /// The same for a table in the order of a text.
    ///
    /// # Errors
    /// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
    pub fn page_start_text(&self, token: &str, bound: &[u8]) -> Result<Option<String>, Failed> {
        let place = self.page_place(token, bound)?;
        Ok(place.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The token of the page after a row of a mechanism's table; empty after the last.
    pub fn page_token(&self, last: Option<impl AsRef<[u8]>>, bound: &[u8]) -> String {
        let token = |place| self.node.pager.token(self.method, bound, &self.caller.client, place);
        last.map(token).unwrap_or_default()
    }

    /// Compares the revision that the request names with the first row that is read.
    pub(crate) fn check_etag(&self, name: &str, current: &Etag) -> Result<(), Refused> {
        let sent = self.etag.lock().unwrap_or_else(PoisonError::into_inner).take();
        match current.allows(&sent.unwrap_or_default())? {
            true => Ok(()),
            false => Err(Refused::revision_conflict(name)),
        }
    }

    pub(crate) fn saw<T: Table>(&self, row: &T::Row) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(T::name(row), T::key(row).subject);
    }

    /// What was shown is told; from now on it is about what comes next.
    pub(crate) fn forget_seen(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The rows that the call was shown: resource and person.
    pub(crate) fn seen(&self) -> BTreeMap<String, Option<Uuid>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The persons of those rows.
    pub(crate) fn seen_subjects(&self) -> BTreeSet<Uuid> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.values().flatten().copied().collect()
    }

    /// Nothing that the call has seen speaks of this person any more.
    pub(crate) fn forget(&self, subject: Uuid) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, of| *of != Some(subject));
    }
}
