//! The change feed: which resources changed, in an order that readers can resume.
//!
//! A change is written in the transaction of what changed, without a position. Its
//! position is given after the commit, by one process at a time, so that a reader who
//! has seen position n will never see a lower one appear. A counter or sequence that is
//! drawn inside of the business transaction does not give that: on PostgreSQL the
//! transaction that drew 7 may commit after the one that drew 8, and whoever has read
//! to 8 by then has lost 7. A crash between commit and position loses nothing: the
//! change waits, without a position, for whoever gives positions next.

mod page;
mod positions;
mod sweep;
mod table;

use hei_values::Millis;
pub use page::{Page, Place, page};
use sea_orm::{ActiveValue::Set, EntityTrait};
pub use sweep::sweep;
use uuid::Uuid;

use crate::{Conn, Failed};

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Created,
    /// It is there in another revision.
    Changed,
    /// It is gone.
    Deleted,
}

/// A change of one resource. It names the resource and no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The resource.
    pub resource: Uuid,
    /// Its revision after the change; of a deletion, one more than its last.
    pub revision: i64,
    /// What happened.
    pub what: What,
    /// When.
    pub at: Millis,
}

impl What {
    const ALL: [Self; 3] = [Self::Created, Self::Changed, Self::Deleted];

    fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == name)
    }
}

/// Notes a change, in the transaction that makes it. The transaction must have seen the
/// revision before as committed, or have made it: the order of positions stands on that.
///
/// # Errors
/// What the database says.
pub async fn record(
    conn: &Conn,
    institution: Uuid,
    collection: &str,
    change: &Change,
) -> Result<(), Failed> {
    let new = table::change::ActiveModel {
        institution_id: Set(institution),
        collection: Set(collection.to_owned()),
        resource_id: Set(change.resource),
        revision: Set(change.revision),
        what: Set(change.what.name().to_owned()),
        changed_at: Set(change.at.0),
        position: Set(None),
    };
    table::change::Entity::insert(new).exec_without_returning(conn).await?;
    Ok(())
}
