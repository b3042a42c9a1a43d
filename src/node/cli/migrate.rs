//! `migrate`: brings the database to the schema of this version.

use hei_store::Store;
use hei_values::Refused;
use serde_json::json;

use super::Ended;
use super::said::Said;
use crate::{Config, Surroundings};

/// Migrates under a lock; a second run changes nothing.
///
/// # Errors
/// SCHEMA_NEWER for a database of a later version; DATA_IN_USE while a node runs on SQLite.
pub async fn run(
    config: &Config,
    said: &Said,
    surroundings: &Surroundings,
) -> Result<Ended, Refused> {
    let store = Store::open(&config.database()).await?;
    let done = store.migrate(crate::serve::migrations(config, surroundings)).await?;
    let text = match done.applied.as_slice() {
        [] => "the database is up to date".to_owned(),
        names => format!("applied {}", names.join(", ")),
    };
    said.result(&text, &json!({"applied": done.applied}));
    store.close().await;
    Ok(Ended::Well)
}
