//! Real nodes as child processes: a folder, a configuration, keys and a database of
//! their own, free ports on loopback. They end when the test's pipe closes.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use crate::client::Client;

/// A first start makes keys and a database; debug builds are slow.
const START: Duration = Duration::from_secs(60);

/// Where a node listens.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub campus: SocketAddr,
    pub peer: SocketAddr,
    pub public: SocketAddr,
    pub ops: SocketAddr,
}

/// A node of a test: it may run or not.
pub struct Node {
    pub domain: String,
    pub folder: PathBuf,
    pub ports: Ports,
    /// Where partners connect to: the peer listener, or a proxy in front of it.
    pub peer_door: SocketAddr,
    program: PathBuf,
    database: String,
    extra: String,
    variables: Vec<(&'static str, String)>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    line: Mutex<Line>,
}

/// To the node's standard input, and the lines of its standard output.
struct Line {
    stdin: ChildStdin,
    told: mpsc::Receiver<String>,
}

/// Roles that get a client each, with the token "token-of-{role}".
pub const ROLES: [&str; 6] =
    ["sis", "registrar", "catalogue_editor", "trust_officer", "learner", "operator"];
/// The learner that the client of role learner is.
pub const LEARNER: &str = "urn:schac:personalUniqueCode:int:esi:alpha.example:1";

/// Addresses that no other node of any running test has: one of the loopback network's
/// sixteen million hosts for each node. Free ports of one host would be somebody else's
/// by the time the node starts.
pub fn ports() -> Ports {
    static NODES: AtomicU8 = AtomicU8::new(1);
    let process = std::process::id();
    let part = |n: u32| u8::try_from(n % 250).unwrap();
    let node = NODES.fetch_add(1, Ordering::SeqCst);
    let host = Ipv4Addr::new(127, part(process) + 1, part(process / 250), node);
    let at = |port| SocketAddr::from((host, port));
    Ports { campus: at(8401), peer: at(8402), public: at(8403), ops: at(8404) }
}

impl Node {
    /// A node that does not run yet, on SQLite.
    pub fn new(program: impl Into<PathBuf>, domain: &str, below: &Path) -> Self {
        let ports = ports();
        let folder = below.join(domain);
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            domain: domain.to_owned(),
            folder,
            ports,
            peer_door: ports.peer,
            program: program.into(),
            database: "sqlite:node.db".to_owned(),
            extra: String::new(),
            variables: Vec::new(),
            running: None,
        }
    }

    /// Uses another database.
    pub fn on(mut self, url: &str) -> Self {
        self.database = url.to_owned();
        self
    }

    /// Goes on with the database of a node that has ended: its rows stay.
    pub fn after(self, ended: &Self) -> Self {
        if let Some(file) = ended.database.strip_prefix("sqlite:") {
            std::fs::copy(ended.folder.join(file), self.folder.join(file)).unwrap();
        }
        self.on(&ended.database)
    }

    /// Adds lines to the configuration.
    pub fn with(mut self, lines: &str) -> Self {
        self.extra.push_str(lines);
        self
    }

    /// Sets an environment variable of what is started from now on.
    pub fn set_variable(&mut self, name: &'static str, value: String) {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value));
    }

    /// The database's address for somebody who only looks.
    pub fn database_to_read(&self) -> String {
        match self.database.strip_prefix("sqlite:") {
            Some(file) => format!("sqlite:{}?mode=ro", self.folder.join(file).display()),
            None => self.database.clone(),
        }
    }

    fn host(&self) -> String {
        format!("node.{}", self.domain)
    }

    /// Its public address.
    pub fn url(&self) -> String {
        format!("https://{}:{}", self.host(), self.ports.public.port())
    }

    /// The file that `write_config` wrote.
    pub fn config(&self) -> PathBuf {
        self.folder.join("node.toml")
    }

    /// Writes its configuration: `all` are the nodes that it can reach.
    pub fn write_config(&self, all: &[&Node]) {
        let mut text = format!(
            "data_folder = \".\"\n[[institution]]\ndomain = \"{}\"\n\
             titles = [{{ language = \"en\", text = \"{}\" }}]\ntime_zone = \"UTC\"\n\
             [database]\nurl = \"{}\"\n[campus]\naddress = \"{}\"\n",
            self.domain, self.domain, self.database, self.ports.campus
        );
        for role in ROLES {
            let learner = match role {
                "learner" => format!("learner = {{ scheme = \"esi\", value = \"{LEARNER}\" }}\n"),
                _ => String::new(),
            };
            let digest = crate::sha256_hex(format!("token-of-{role}").as_bytes());
            write!(
                text,
                "[[campus.client]]\nname = \"{role}\"\ntoken_sha256 = \"{digest}\"\n\
                 roles = [\"{role}\"]\n{learner}"
            )
            .unwrap();
        }
        write!(
            text,
            "[peer]\naddress = \"{}\"\nadvertised = \"{}:{}\"\n[public]\naddress = \"{}\"\n\
             [ops]\naddress = \"{}\"\n[outbound]\nallow = [{}]\n",
            self.ports.peer,
            self.host(),
            self.ports.peer.port(),
            self.ports.public,
            self.ports.ops,
            all.iter().map(|n| format!("\"{}\"", n.host())).collect::<Vec<_>>().join(", "),
        )
        .unwrap();
        // A claim of a killed process ends soon after its attempt would have.
        text.push_str("[messaging]\nattempt_seconds = 5\n");
        text.push_str("[outbound.resolve]\n");
        for other in all {
            let (peer, public) = (other.ports.peer, other.ports.public);
            let (host, door) = (other.host(), other.peer_door);
            writeln!(text, "\"{host}:{}\" = \"{door}\"", peer.port()).unwrap();
            writeln!(text, "\"{host}:{}\" = \"{public}\"", public.port()).unwrap();
        }
        text.push_str(&self.extra);
        std::fs::write(self.config(), text).unwrap();
    }

    /// Runs a command of the program with this node's configuration.
    pub fn command(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(&self.program)
            .arg("--config")
            .arg(self.config())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Starts it and waits until it says that it is ready.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "{} runs already", self.domain);
        let log = self.folder.join("node.log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut child = Command::new(&self.program)
            .arg("--config")
            .arg(self.config())
            .args(["--json", "serve", "--until-stdin-closes"])
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (tell, told) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        // Reads until the end, so that the node never waits for its reader.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut lines = std::iter::from_fn(|| told.recv_timeout(START).ok());
        let ready = lines.any(|line| line.contains("\"ready\":true"));
        let stdin = child.stdin.take().unwrap();
        self.running = Some(Running { child, line: Mutex::new(Line { stdin, told }) });
        assert!(ready, "{} did not start:\n{}", self.domain, self.log());
    }

    /// Says a line to its standard input and gives its answer; none from the dead.
    pub fn ask(&self, command: &str) -> Option<String> {
        let mut line = self.running.as_ref().expect("it runs").line.lock().unwrap();
        writeln!(line.stdin, "{command}").ok()?;
        match line.told.recv_timeout(START) {
            Ok(answer) => Some(answer),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{} does not answer", self.domain),
        }
    }

    /// Takes leave of the process if it has ended by itself; says whether it has.
    pub fn has_ended(&mut self) -> bool {
        let ended = self.running.as_mut().is_none_or(|r| r.child.try_wait().unwrap().is_some());
        if ended {
            self.running = None;
        }
        ended
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// SIGTERM; gives the exit status.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        self.signal_term();
        let mut running = self.running.take().expect("it runs");
        running.child.wait().unwrap()
    }

    /// SIGTERM, without waiting.
    pub fn signal_term(&self) {
        let pid = self.running.as_ref().expect("it runs").child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().expect("it runs").child.id()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("node.log")).unwrap_or_default()
    }

    /// A campus client of a role.
    pub async fn campus(&self, role: &str) -> Client {
        Client::new(self.ports.campus, Some(&format!("token-of-{role}"))).await
    }

    /// The operator.
    pub async fn operator(&self) -> Client {
        let token = std::fs::read_to_string(self.folder.join("operator.token")).unwrap();
        Client::new(self.ports.ops, Some(token.trim())).await
    }

    /// What `/metrics` says.
    pub fn metrics(&self) -> String {
        crate::client::http_get(self.ports.ops, "/metrics")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}
