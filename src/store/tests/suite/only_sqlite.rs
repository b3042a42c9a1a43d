//! What only SQLite has: files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hei_store::{Settings, Store};
use hei_testkit::suite::{Fresh, sqlite};
use hei_values::Code;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::migrating::and_more;
use crate::things::{added, migrations, names};

#[tokio::test]
async fn a_second_node_on_the_same_folder_is_refused_in_one_sentence() {
    let at = sqlite(migrations).await;
    let refused = Store::open(&at.settings).await.err().unwrap();
    assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "DATA_IN_USE"));
    assert!(!refused.message.contains(['\n', '.']) || refused.message.contains("/"));
    at.store.close().await;
    Store::open(&at.settings).await.unwrap();
}

#[tokio::test]
async fn the_files_are_their_owners_alone() {
    let at = sqlite(migrations).await;
    added(&at.store, "a").await;
    let mut seen = 0;
    for file in std::fs::read_dir(at.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(mode(&file.path()), 0o600, "{:?}", file.file_name());
        seen += 1;
    }
    assert_eq!(seen, 4, "database, journal, its index, lock");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_writer_syncs_each_commit_and_overwrites_what_it_deletes() {
    let at = sqlite(migrations).await;
    let settings = async |conn: hei_store::Conn| {
        let mut values = Vec::new();
        for pragma in ["journal_mode", "synchronous", "foreign_keys", "secure_delete"] {
            let sql = format!("SELECT CAST({pragma} AS TEXT) AS value FROM pragma_{pragma}");
            let row = conn.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
            values.push(row.unwrap().try_get::<String>("", "value")?);
        }
        Ok(values)
    };
    // FULL is 2.
    assert_eq!(at.store.transact(settings).await.unwrap(), ["wal", "2", "1", "1"]);
}

#[tokio::test]
async fn a_database_that_holds_something_is_copied_before_it_is_migrated() {
    let at = sqlite(migrations).await;
    added(&at.store, "a").await;
    let migrated = at.store.migrate(and_more(&[("suite_0002_a", false)])).await.unwrap();
    let copy = migrated.copy.unwrap();
    assert_eq!(copy, at.folder.path().join("node.db.before-suite_0002_a"));
    assert_eq!(mode(&copy), 0o600);
    added(&at.store, "b").await;
    at.store.close().await;

    std::fs::rename(&copy, at.folder.path().join("node.db")).unwrap();
    let old = Fresh { store: Store::open(&at.settings).await.unwrap(), ..at };
    assert_eq!(names(&old.store).await, ["a"]);
    let pending = old.store.pending(&and_more(&[("suite_0002_a", false)])).await.unwrap();
    assert_eq!(pending.names, ["suite_0002_a"]);
}

#[tokio::test]
async fn a_new_database_is_migrated_by_serve_without_a_copy() {
    let folder = hei_testkit::scratch::Folder::new();
    let url = format!("sqlite:{}", folder.path().join("new/folder/node.db").display());
    let store = Store::open(&Settings { url, ..Settings::default() }).await.unwrap();
    let migrated = store.prepare(migrations()).await.unwrap();
    assert_eq!((migrated.applied.len(), migrated.copy), (migrations().len(), None));
}

#[tokio::test]
async fn an_address_that_is_no_database_is_refused() {
    for url in ["", "sqlite:", "mysql://x/y", "node.db", "postgres://h:port/x"] {
        let settings = Settings { url: url.to_owned(), ..Settings::default() };
        let refused = Store::open(&settings).await.err().unwrap();
        assert_eq!((refused.code, refused.reason), (Code::FailedPrecondition, "CONFIG_INVALID"));
    }
    let folder = hei_testkit::scratch::Folder::new();
    std::fs::write(folder.path().join("node.db"), "this is no database, but a long text").unwrap();
    let url = format!("sqlite:{}", folder.path().join("node.db").display());
    let refused = Store::open(&Settings { url, ..Settings::default() }).await.err().unwrap();
    assert_eq!(refused.reason, "DATA_UNUSABLE");
}
