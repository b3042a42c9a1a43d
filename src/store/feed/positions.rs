//! Who gives positions, and in which order.
//!
//! One at a time: whoever gives positions holds the row of the feed. On PostgreSQL the
//! transaction is READ COMMITTED: it waits for that row, and its next statement sees
//! what the one before it committed; a SERIALIZABLE one would see the past, and its
//! reading would count against every writer.
//!
//! In the order of revisions: revision n + 1 of a resource is written by a transaction
//! that saw n committed (`Call::replace` changes the row of revision n, or nothing). So
//! whoever sees n + 1 sees n: of one resource the waiting changes are always the next
//! ones, without a gap. Within a batch neither clocks nor identifiers tell their order,
//! since two processes have two clocks; so a change counts as made no earlier than those
//! of lower revision (the running maximum in `engine::positions`), and at the same
//! instant the revision decides. A batch is a prefix of that order, so a limit cuts no
//! resource in the wrong place, and since the oldest come first nothing waits for ever.

use std::future::Future;

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::table::{change, feed};
use crate::engine::positions;
use crate::{Store, limits};

impl Store {
    /// Gives positions to changes as they are committed, until `stop`. Each process runs
    /// this; they give way to each other.
    pub async fn feed(&self, institution: Uuid, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = self.give_positions_for_ever(institution) => {}
        }
    }

    async fn give_positions_for_ever(&self, institution: Uuid) {
        let mut commits = self.commits();
        loop {
            commits.borrow_and_update();
            if let Err(error) = self.give_positions(institution).await {
                tracing::warn!(%error, "the feed has not moved; it is tried again");
            }
            // It is no matter which of them ends the wait.
            let _ = tokio::time::timeout(limits::UNTOLD_MAX, commits.changed()).await;
            tokio::time::sleep(limits::GATHER).await;
        }
    }

    /// Gives positions to all changes that are committed now; says how many.
    ///
    /// # Errors
    /// What the database says; what was given before stays.
    pub async fn give_positions(&self, institution: Uuid) -> Result<u64, DbErr> {
        let mut all = 0;
        // On SQLite whoever begins to write keeps others from it, so look first.
        while self.has_waiting(institution).await? {
            let tx = self.0.pools.begin_latest().await?;
            let given = give(&tx, institution).await?;
            tx.commit().await?;
            self.changed();
            all += given;
        }
        Ok(all)
    }

    async fn has_waiting(&self, institution: Uuid) -> Result<bool, DbErr> {
        let first = change::Entity::find()
            .select_only()
            .column(change::Column::Revision)
            .filter(change::Column::InstitutionId.eq(institution))
            .filter(change::Column::Position.is_null())
            .limit(1);
        Ok(first.into_tuple::<i64>().one(&self.reader()).await?.is_some())
    }
}

/// Moves the feed by one batch.
async fn give(tx: &DatabaseTransaction, institution: Uuid) -> Result<u64, DbErr> {
    let last = hold(tx, institution).await?;
    let next = positions::next(tx.get_database_backend(), institution, last);
    let given = tx.execute_raw(next).await?.rows_affected();
    let moved = Expr::col(feed::Column::LastPosition).add(i64::try_from(given).unwrap_or(0));
    feed::Entity::update_many()
        .col_expr(feed::Column::LastPosition, moved)
        .filter(feed::Column::InstitutionId.eq(institution))
        .exec(tx)
        .await?;
    Ok(given)
}

/// Locks the feed until the transaction ends; gives its last position.
async fn hold(tx: &DatabaseTransaction, institution: Uuid) -> Result<i64, DbErr> {
    let first = feed::ActiveModel {
        institution_id: Set(institution),
        last_position: Set(0),
        swept_position: Set(0),
    };
    // A change to what it is: on either engine it is a lock, and it reads the latest.
    let as_it_is = OnConflict::column(feed::Column::InstitutionId)
        .value(feed::Column::LastPosition, Expr::col((feed::Entity, feed::Column::LastPosition)))
        .to_owned();
    let held = feed::Entity::insert(first).on_conflict(as_it_is).exec_with_returning(tx).await?;
    Ok(held.last_position)
}
