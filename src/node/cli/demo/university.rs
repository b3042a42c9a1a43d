//! One university of the demo: a child process of this program with a configuration,
//! keys and a database of its own. It ends when its parent's pipe closes.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hei_values::{Code, Refused};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::unusable;
use crate::Config;
use crate::cli::ops::Ops;

/// A first start makes keys and a database.
const START: Duration = Duration::from_secs(30);
/// Calls in flight end sooner in a demo.
const END: Duration = Duration::from_secs(15);

/// Where a university will listen. Its partners must know before it starts.
pub struct Place {
    domain: String,
    campus: SocketAddr,
    peer: SocketAddr,
    public: SocketAddr,
    ops: SocketAddr,
}

/// A running university.
pub struct University {
    title: String,
    place: Place,
    folder: PathBuf,
    config: Config,
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
}

/// Free ports on loopback for each of them.
///
/// # Errors
/// If the machine gives none.
pub fn places(universities: &[(&str, &str)]) -> Result<Vec<Place>, Refused> {
    // All are held until all are known, so that no two are the same.
    let mut held = Vec::new();
    let mut free = || {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        held.push(listener);
        Ok::<_, std::io::Error>(address)
    };
    let mut place = |domain: &str| {
        let domain = domain.to_owned();
        Ok::<_, std::io::Error>(Place {
            domain,
            campus: free()?,
            peer: free()?,
            public: free()?,
            ops: free()?,
        })
    };
    let all: Result<_, _> = universities.iter().map(|(domain, _)| place(domain)).collect();
    all.map_err(|e| Refused::internal(format!("no free port on loopback: {e}")))
}

impl Place {
    fn name(&self) -> &str {
        self.domain.split('.').next().unwrap_or_default()
    }

    fn host(&self) -> String {
        format!("node.{}", self.domain)
    }

    /// What the operators of partners are told.
    pub fn url(&self) -> String {
        format!("https://{}:{}", self.host(), self.public.port())
    }

    /// The configuration of this one, who knows where the others are: the names
    /// end in `.example`, which no DNS knows.
    fn config(&self, title: &str, all: &[Place]) -> String {
        let mut resolve = String::new();
        for other in all {
            for at in [other.peer, other.public] {
                // Writing to a string cannot fail.
                let _ = writeln!(resolve, "\"{}:{}\" = \"{at}\"", other.host(), at.port());
            }
        }
        let hosts: Vec<String> = all.iter().map(|o| format!("\"{}\"", o.host())).collect();
        format!(
            "# One of three nodes of `hei-node demo`.\ndata_folder = \".\"\n\n\
             [[institution]]\ndomain = \"{}\"\n\
             titles = [{{ language = \"en\", text = \"{title}\" }}]\ntime_zone = \"UTC\"\n\n\
             [campus]\naddress = \"{}\"\n\n\
             [peer]\naddress = \"{}\"\nadvertised = \"{}:{}\"\n\n\
             [public]\naddress = \"{}\"\n\n[ops]\naddress = \"{}\"\n\n\
             [outbound]\nallow = [{}]\n\n[outbound.resolve]\n{resolve}",
            self.domain,
            self.campus,
            self.peer,
            self.host(),
            self.peer.port(),
            self.public,
            self.ops,
            hosts.join(", "),
        )
    }
}

impl University {
    /// Writes its configuration and starts it.
    ///
    /// # Errors
    /// With the last lines of its log if it does not come up.
    pub async fn start(
        below: &Path,
        place: &Place,
        title: &str,
        all: &[Place],
    ) -> Result<Self, Refused> {
        let folder = below.join(place.name());
        std::fs::create_dir_all(&folder).map_err(|e| unusable(&folder, &e))?;
        let file = folder.join("node.toml");
        std::fs::write(&file, place.config(title, all)).map_err(|e| unusable(&file, &e))?;
        let config = Config::load(Some(&file))?;
        let mut child = spawn(&file, &folder)?;
        let output = child.stdout.take().ok_or_else(|| Refused::internal("no pipe"))?;
        let mut output = BufReader::new(output).lines();
        ready(&mut output, &folder).await?;
        let place = Place { domain: place.domain.clone(), ..*place };
        let title = title.to_owned();
        Ok(Self { title, place, folder, config, child, _output: output })
    }

    /// Its domain.
    pub fn domain(&self) -> &str {
        &self.place.domain
    }

    /// Its name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where its data lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its ops listener.
    pub fn ops(&self) -> SocketAddr {
        self.place.ops
    }

    /// Its public address.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// How to give it a command.
    pub fn command(&self) -> String {
        format!("hei-node --config {}", self.folder.join("node.toml").display())
    }

    /// Its addresses in one line.
    pub fn told(&self) -> String {
        let p = &self.place;
        format!(
            "{}  campus {}  peers {}  public https://{}  ops {}",
            p.domain, p.campus, p.peer, p.public, p.ops
        )
    }

    /// Its operator's door.
    ///
    /// # Errors
    /// NODE_UNREACHABLE.
    pub async fn operator(&self) -> Result<Ops, Refused> {
        Ops::of(&self.config).await
    }

    /// Closes the pipe and waits until the process is gone.
    ///
    /// # Errors
    /// If it does not end by itself; then it is killed.
    pub async fn end(&mut self) -> Result<(), Refused> {
        drop(self.child.stdin.take());
        let waited = tokio::time::timeout(END, self.child.wait()).await;
        if waited.is_err() {
            let killed = self.child.kill().await;
            return Err(Refused::internal(format!("{} did not end: {killed:?}", self.title)));
        }
        Ok(())
    }
}

fn spawn(file: &Path, folder: &Path) -> Result<Child, Refused> {
    let program = std::env::current_exe().map_err(|e| Refused::internal(e.to_string()))?;
    let log = folder.join("node.log");
    let log = std::fs::File::create(&log).map_err(|e| unusable(&log, &e))?;
    Command::new(program)
        .arg("--config")
        .arg(file)
        .args(["--json", "serve", "--until-stdin-closes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::from(log))
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| Refused::internal(format!("cannot start a node: {e}")))
}

async fn ready(output: &mut Lines<BufReader<ChildStdout>>, folder: &Path) -> Result<(), Refused> {
    let wait = async {
        while let Ok(Some(line)) = output.next_line().await {
            if line.contains("\"ready\":true") {
                return true;
            }
        }
        false
    };
    match tokio::time::timeout(START, wait).await {
        Ok(true) => Ok(()),
        _ => {
            let log = std::fs::read_to_string(folder.join("node.log")).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(3).collect();
            let told =
                format!("the node in {} did not start: {}", folder.display(), tail.join(" | "));
            Err(Refused::new(Code::Unavailable, "NODE_UNREACHABLE", told))
        }
    }
}
