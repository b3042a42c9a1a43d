//! What a change feed gives a caller: the changes of the resources that the caller may
//! see, and a cursor to go on from.

use hei_proto::hei::common::v1::{Change, ChangeKind};
use hei_store::Failed;
use hei_store::feed::{self, Place, What};
use hei_values::{Etag, Id, Violation};
use sea_orm::{QuerySelect, QueryTrait, Select};

use crate::{Read, Table};

/// Which rows of a table a caller may see.
#[expect(clippy::large_enum_variant, reason = "there is one, for the time of a call")]
pub enum Sight<T: Table> {
    /// All of the institution, and so also that one was deleted.
    All,
    /// Those that a query gives.
    Only(Select<T>),
}

impl<T: Table> Sight<T> {
    /// The query for what may be seen.
    pub fn query(self, read: &Read) -> Select<T> {
        match self {
            Self::All => read.own(),
            Self::Only(query) => query,
        }
    }
}

/// A page of a feed. Its tokens serve only the same caller, in every method that tells
/// of the same collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The changes in their order.
    pub changes: Vec<Change>,
    /// Empty if nothing more is there now.
    pub next_page_token: String,
    /// To go on from here at any time.
    pub cursor: String,
}

impl Read {
    /// The changes after a cursor or page token; none after the empty one, which gives
    /// the cursor of now. A change names a resource and shows nothing of it, so that
    /// it counts as no read of a person's data.
    ///
    /// # Errors
    /// OUT_OF_RANGE/CURSOR_EXPIRED if changes after it are not kept any more;
    /// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
    pub async fn changes<T: Table>(
        &self,
        sight: Sight<T>,
        size: u64,
        token: &str,
    ) -> Result<Changes, Failed> {
        const { assert!(T::FEED, "the table notes no changes: say so in its `Table`") };
        let only = match sight {
            Sight::All => None,
            Sight::Only(query) => Some(query.select_only().column(T::ID).into_query()),
        };
        let (own, from) = (self.institution().id, self.feed_place::<T>(token)?);
        let page = feed::page(self.conn(), own, T::COLLECTION, from, only, size).await?;
        let cursor = self.cursor::<T>(page.next);
        Ok(Changes {
            changes: page.changes.iter().map(shown::<T>).collect(),
            next_page_token: if page.more { cursor.clone() } else { String::new() },
            cursor,
        })
    }

    fn feed_place<T: Table>(&self, token: &str) -> Result<Place, Violation> {
        let (pager, bound) = (&self.node.pager, T::COLLECTION.as_bytes());
        let after = pager.open_number(FEED, bound, &self.caller.client, token)?;
        Ok(after.map_or(Place::Now, Place::After))
    }

    fn cursor<T: Table>(&self, after: i64) -> String {
        let bound = T::COLLECTION.as_bytes();
        self.node.pager.token(FEED, bound, &self.caller.client, after.to_be_bytes())
    }
}

/// Stands in tokens instead of a method: those that tell of one collection share them.
const FEED: &str = "changes";

fn shown<T: Table>(change: &feed::Change) -> Change {
    let id = Id(change.resource);
    let kind = match change.what {
        What::Created => ChangeKind::Created,
        What::Changed => ChangeKind::Changed,
        What::Deleted => ChangeKind::Deleted,
    };
    Change {
        name: hei_values::name::of(T::COLLECTION, id),
        etag: Etag::of(id, change.revision).text().to_owned(),
        kind: kind.into(),
        change_time: Some(change.at.to_timestamp()),
    }
}
