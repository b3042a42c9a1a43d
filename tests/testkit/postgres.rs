//! One private PostgreSQL cluster a run, without a network address, started by the
//! first test that needs it and gone a second after the run. Each test clones a
//! template database that was migrated once.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, Statement};

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
}

/// The cluster of this run; `None`, said aloud, on a machine without PostgreSQL.
///
/// # Panics
/// If it does not start, or is absent though HEI_REQUIRE_POSTGRES is 1.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(|| binaries().map(|bin| shared(&bin))).as_ref()
}

/// Debian keeps the server's binaries out of the path.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|v| v.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let whole = |bin: &PathBuf| bin.join("initdb").exists() && bin.join("pg_ctl").exists();
    let found = debian.into_iter().rev().chain(std::env::split_paths(&path)).find(whole);
    if found.is_none() {
        let required = std::env::var("HEI_REQUIRE_POSTGRES").is_ok_and(|v| v == "1");
        assert!(!required, "HEI_REQUIRE_POSTGRES is 1, but there is no initdb and pg_ctl");
        println!("SKIPPED on PostgreSQL: no initdb and pg_ctl on this machine");
    }
    found
}

/// All test processes of a nextest run share one cluster; without nextest it is that
/// of the process. The run's process is watched, so nothing is left over.
fn shared(bin: &Path) -> Cluster {
    let nextest = std::env::var("NEXTEST_RUN_ID").ok();
    let process = match nextest {
        Some(_) => std::os::unix::process::parent_id(),
        None => std::process::id(),
    };
    let run = nextest.unwrap_or_else(|| process.to_string());
    // A short path: a socket's address has at most 107 bytes.
    let folder = PathBuf::from(format!("/tmp/hei-postgres-{run}"));
    // The first to come starts it, the others wait.
    let lock = std::env::current_exe().unwrap().with_file_name("hei-postgres.lock");
    let held = File::create(lock).unwrap();
    held.lock().unwrap();
    if !folder.join(".s.PGSQL.5432").exists() {
        start(bin, &folder, process);
    }
    Cluster { folder }
}

#[expect(clippy::zombie_processes, reason = "the script outlives this process")]
fn start(bin: &Path, folder: &Path, process: u32) {
    let mut command = unprivileged();
    command
        .args(["-c", include_str!("cluster.sh"), "cluster"])
        .args([bin, folder])
        .arg(process.to_string())
        .current_dir("/")
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        // Not a child to be killed with the test that happened to be first.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut script = command.spawn().unwrap();
    let mut first = String::new();
    BufReader::new(script.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let log = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    assert_eq!(first, "ready\n", "no PostgreSQL: {}{}", log("initdb.log"), log("server.log"));
}

/// PostgreSQL does not run as root.
fn unprivileged() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
    command
}

impl Cluster {
    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// The address of a new database: a clone of the template of this name, which
    /// `fill` fills if it is the first to be asked for it in this run.
    pub async fn database(&self, template: &str, fill: impl AsyncFnOnce(String)) -> String {
        let admin = self.admin().await;
        let lock = "SELECT pg_advisory_lock(hashtext($1))";
        run(&admin, lock, &[template]).await;
        if run(&admin, "SELECT 1 FROM pg_database WHERE datname = $1", &[template]).await == 0 {
            let making = format!("{template}_making");
            sql(&admin, &format!("DROP DATABASE IF EXISTS \"{making}\"")).await;
            sql(&admin, &format!("CREATE DATABASE \"{making}\"")).await;
            fill(self.url(&making)).await;
            sql(&admin, &format!("ALTER DATABASE \"{making}\" RENAME TO \"{template}\"")).await;
        }
        let clone = fresh_name(template);
        sql(&admin, &format!("CREATE DATABASE \"{clone}\" TEMPLATE \"{template}\"")).await;
        admin.close().await.unwrap();
        self.url(&clone)
    }

    async fn admin(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(self.url("postgres"));
        options.max_connections(1);
        sea_orm::Database::connect(options).await.unwrap()
    }
}

/// A database of the cluster and its files.
#[derive(Debug)]
pub struct Database {
    url: String,
    folder: PathBuf,
}

impl Database {
    /// The one at an address of the cluster.
    ///
    /// # Panics
    /// If there is no cluster.
    pub fn of(url: &str) -> Self {
        let cluster = cluster().expect("a cluster");
        Self { url: url.to_owned(), folder: cluster.folder.join("data").join("base") }
    }

    /// Leaves nothing of deleted rows in its files.
    pub async fn vacuum_full(&self) {
        let database = self.connect().await;
        sql(&database, "VACUUM (FULL, ANALYZE)").await;
        sql(&database, "CHECKPOINT").await;
        database.close().await.unwrap();
    }

    /// The folder of its heap and index files; root and its owner may read it.
    pub async fn files(&self) -> PathBuf {
        let database = self.connect().await;
        let oid = "SELECT oid::bigint FROM pg_database WHERE datname = current_database()";
        let oid = Statement::from_string(sea_orm::DbBackend::Postgres, oid);
        let row = database.query_one_raw(oid).await.unwrap().unwrap();
        let oid: i64 = row.try_get_by_index(0).unwrap();
        database.close().await.unwrap();
        self.folder.join(oid.to_string())
    }

    async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1);
        sea_orm::Database::connect(options).await.unwrap()
    }
}

fn fresh_name(template: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{template}_{}_{count}", std::process::id())
}

async fn sql(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap();
}

/// The number of rows.
async fn run(admin: &DatabaseConnection, sql: &str, values: &[&str]) -> usize {
    let values = values.iter().map(|v| (*v).into());
    let statement = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, values);
    admin.query_all_raw(statement).await.unwrap().len()
}
