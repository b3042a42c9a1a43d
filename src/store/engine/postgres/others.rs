//! The other processes on the same database: each tells the others that it has
//! committed something, after the commit. Inside of it every transaction would wait for
//! the one lock that PostgreSQL has for notifications. What gets lost here is found
//! when its reader looks by itself.

use std::convert::Infallible;

use aws_lc_rs::rand;
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement};
use sqlx::postgres::{PgListener, PgPoolOptions};
use uuid::Uuid;

use crate::{Store, limits};

const CHANNEL: &str = "hei_commits";

/// Tells and hears, for ever.
pub(crate) async fn follow(store: &Store) {
    let mut name = [0; 16];
    // Without randomness nothing is written here, and there is nothing to tell.
    let _ = rand::fill(&mut name);
    let own = Uuid::from_bytes(name).to_string();
    tokio::join!(tell(store, &own), hear(store, &own));
}

async fn tell(store: &Store, own: &str) {
    let mut commits = store.commits();
    let mut told = *commits.borrow_and_update();
    while commits.changed().await.is_ok() {
        let count = *commits.borrow_and_update();
        if count != told {
            told = count;
            if let Err(error) = notify(store, own).await {
                tracing::warn!(%error, "the other processes were not told of a commit");
            }
            tokio::time::sleep(limits::TELL_PAUSE).await;
        }
    }
}

async fn notify(store: &Store, own: &str) -> Result<(), DbErr> {
    let sql = "SELECT pg_notify($1, $2)";
    let values = [CHANNEL.into(), own.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    store.0.pools.writes.query_one_raw(statement).await.map(drop)
}

async fn hear(store: &Store, own: &str) {
    loop {
        let Err(error) = listen(store, own).await;
        tracing::warn!(%error, "the other processes are not heard; trying again");
        tokio::time::sleep(limits::HEAR_AGAIN).await;
    }
}

async fn listen(store: &Store, own: &str) -> Result<Infallible, sqlx::Error> {
    // A connection of its own, so that a listener takes none from those who read.
    let options = store.0.pools.reads.get_postgres_connection_pool().connect_options();
    let alone = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let pool = alone.connect_with(options.as_ref().clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // What was committed before it listened, or while the connection was lost.
        store.wake();
        while let Some(heard) = listener.try_recv().await? {
            if heard.payload() != own {
                store.wake();
            }
        }
    }
}
