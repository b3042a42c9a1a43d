//! Suites of generic tests: each test is a function over a fresh store and runs on
//! both engines, under its own name on each.

use hei_store::{Settings, Store};
use sea_orm_migration::MigrationTrait;

use crate::postgres::cluster;
use crate::scratch::Folder;

/// The migrations of a suite.
pub type Migrations = fn() -> Vec<Box<dyn MigrationTrait>>;

/// A migrated, empty database of its own.
pub struct Fresh {
    /// Open.
    pub store: Store,
    /// How to open it again.
    pub settings: Settings,
    /// Where SQLite's files are.
    pub folder: Folder,
}

impl Fresh {
    /// Closes the store and opens it again, as after a restart.
    pub async fn reopened(mut self) -> Self {
        self.store.close().await;
        self.store = Store::open(&self.settings).await.unwrap();
        self
    }
}

/// On SQLite.
pub async fn sqlite(migrations: Migrations) -> Fresh {
    let folder = Folder::new();
    let url = format!("sqlite:{}", folder.path().join("node.db").display());
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings).await.unwrap();
    store.migrate(migrations()).await.unwrap();
    Fresh { store, settings, folder }
}

/// On PostgreSQL, if there is one; `suite` names the template.
pub async fn postgres(suite: &str, migrations: Migrations) -> Option<Fresh> {
    let fill = async move |url| {
        let store = Store::open(&Settings { url, ..Settings::default() }).await.unwrap();
        store.migrate(migrations()).await.unwrap();
        store.close().await;
    };
    let url = cluster()?.database(suite, fill).await;
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings).await.unwrap();
    Some(Fresh { store, settings, folder: Folder::new() })
}

/// Makes of each `module::case`, an `async fn(Fresh)`, a test on either engine.
#[macro_export]
macro_rules! on_each_engine {
    ($suite:literal, $home:ident :: $migrations:ident, [
        $($module:ident :: $case:ident),+ $(,)?
    ]) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    super::$module::$case($crate::suite::sqlite(super::$home::$migrations).await).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    if let Some(fresh) = $crate::suite::postgres($suite, super::$home::$migrations).await {
                        super::$module::$case(fresh).await;
                    }
                }
            )+
        }

        #[test]
        fn the_suite_is_the_same_on_both_engines() {
            $crate::suite::count($suite);
        }
    };
}

/// Prints how many tests of this binary run on either engine.
///
/// # Panics
/// If the numbers differ.
pub fn count(suite: &str) {
    let binary = std::env::current_exe().unwrap();
    let listed = std::process::Command::new(binary).args(["--list", "--format=terse"]).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let of = |engine: &str| {
        let names = listed.lines().filter_map(|line| line.strip_prefix(engine));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let (sqlite, postgres) = (of("sqlite::"), of("postgres::"));
    let ran = if cluster().is_some() { postgres.len() } else { 0 };
    println!("{suite} suite: {} tests on sqlite, {ran} on postgres", sqlite.len());
    assert_eq!(sqlite, postgres);
    assert!(!sqlite.is_empty());
}
