//! Whatever a node keeps or says belongs to one institution: rows by their key, lines of
//! the log and of the metrics by a member. (Queries: tests/tidy/scoping.rs.)

use hei_testkit::tables::Tables;
use serde_json::Value;

use crate::alliance::{Place, imported, on_each_engine, send, two};

/// Tables of no institution, and why.
const OF_NONE: [&str; 2] = [
    // The institutions themselves.
    "institutions",
    // The schema, which all share.
    "seaql_migrations",
];

/// "table: first column" of each key and index, and "table: " of a table without any.
const KEYS_SQLITE: &str = "SELECT t.name || ': ' || coalesce(i.name, '') FROM sqlite_master t \
    LEFT JOIN pragma_index_list(t.name) l LEFT JOIN pragma_index_info(l.name) i ON i.seqno = 0 \
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const KEYS_POSTGRES: &str = "SELECT t.relname || ': ' || coalesce(a.attname, '') FROM pg_class t \
    LEFT JOIN pg_index i ON i.indrelid = t.oid \
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] \
    WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace";

/// Keys and indices that do not begin with the institution.
fn breaches(keys: &[String]) -> Vec<&String> {
    let own = |key: &&String| {
        let (table, column) = key.split_once(": ").unwrap();
        column == "institution_id" || OF_NONE.contains(&table)
    };
    keys.iter().filter(|key| !own(key)).collect()
}

async fn the_institution_is_first_in_every_key_and_on_every_line(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    send(&sis, &imported(&sis, "X").await, "beta.example").await.unwrap();
    send(&sis, "transcripts/none", "beta.example").await.unwrap_err();
    let keys = if place.is_postgres() { KEYS_POSTGRES } else { KEYS_SQLITE };
    let keys = Tables::open(&alpha.database_to_read()).await.texts(keys).await;
    println!("{} keys and indices", keys.len());
    assert!(keys.len() > 20, "{keys:?}");
    assert_eq!(breaches(&keys), Vec::<&String>::new());
    for node in [&alpha, &beta] {
        for line in node.log().lines() {
            let read: Value = serde_json::from_str(line).unwrap();
            assert_eq!(read["institution"], node.domain.as_str(), "{line}");
        }
        let metrics = node.metrics();
        let own = format!("institution=\"{}\"", node.domain);
        let values = metrics.lines().filter(|line| line.starts_with("hei_"));
        assert!(values.clone().count() > 5, "{metrics}");
        values.for_each(|line| assert!(line.contains(&own), "{line}"));
    }
}

#[test]
fn a_key_without_institution_is_found() {
    let keys = ["jobs: institution_id", "institutions: id", "jobs: run_at", "things: "];
    assert_eq!(breaches(&keys.map(str::to_owned)), ["jobs: run_at", "things: "]);
}

on_each_engine!(the_institution_is_first_in_every_key_and_on_every_line);
