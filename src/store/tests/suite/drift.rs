//! One schema: the engines have the same tables with the same columns.

use std::collections::BTreeSet;

use hei_store::Store;
use hei_testkit::suite::{postgres, sqlite};
use sea_orm::{ConnectionTrait as _, Statement};

use crate::things::migrations;

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let lite = sqlite(migrations).await;
    let lite = columns(
        &lite.store,
        "SELECT t.name || '.' || c.name || CASE c.\"notnull\" WHEN 1 THEN '' ELSE '?' END AS shown \
         FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'",
    )
    .await;
    assert!(lite.contains("subjects.key?") && lite.contains("answers.digest"), "{lite:?}");
    let Some(server) = postgres("store", migrations).await else { return };
    let server = columns(
        &server.store,
        "SELECT table_name || '.' || column_name || \
         CASE is_nullable WHEN 'NO' THEN '' ELSE '?' END AS shown \
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .await;
    assert_eq!(lite, server);
}

async fn columns(store: &Store, sql: &str) -> BTreeSet<String> {
    let reader = store.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let rows = reader.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "shown").unwrap()).collect()
}
