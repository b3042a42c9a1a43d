//! Nodes whose clock a test sets and whose faults it switches (tests/lab-node): the
//! program `hei-lab-node`, told what to do on its standard input.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::nodes::Node;

/// How far its clock is ahead at the start; the program reads it.
const AHEAD: &str = "HEI_LAB_AHEAD_MS";

/// A node in the laboratory: a node like others that also obeys.
pub struct LabNode {
    node: Node,
    ahead_ms: i64,
}

/// What happens where a plan strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The point fails.
    Fail,
    /// The process is gone.
    Crash,
}

/// What a node has seen since its plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// How many points it came to.
    pub points: u64,
    /// The name of the point at which the plan struck.
    pub hit: Option<String>,
    /// The names of all points.
    pub names: Vec<String>,
}

/// The laboratory's program, which cargo puts beside the node's.
///
/// # Panics
/// If it is not there.
pub fn program(beside: impl AsRef<Path>) -> PathBuf {
    let program = beside.as_ref().with_file_name("hei-lab-node");
    let told = "build it first: `cargo build --workspace --bins` (tests/run does)";
    assert!(program.exists(), "{} is not there: {told}", program.display());
    program
}

impl Deref for LabNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl DerefMut for LabNode {
    fn deref_mut(&mut self) -> &mut Node {
        &mut self.node
    }
}

impl LabNode {
    /// A node of the laboratory; it was made with the laboratory's program.
    pub fn new(node: Node) -> Self {
        Self { node, ahead_ms: 0 }
    }

    /// Its clock is set on by so much, also after it was started again.
    pub fn advance(&mut self, millis: i64) {
        self.ahead_ms += millis;
        self.node.set_variable(AHEAD, self.ahead_ms.to_string());
        // A node that is gone will start with the new time.
        self.obey(&format!("advance {millis}"));
    }

    /// Starts it again after it was struck dead.
    pub fn restart(&mut self) {
        while !self.node.has_ended() {
            std::thread::yield_now();
        }
        self.node.start();
    }

    /// The n-th point from now on fails, or is the last.
    pub fn strike(&self, blow: Blow, n: u64) {
        let word = if blow == Blow::Crash { "crash" } else { "fail" };
        self.obey(&format!("{word} {n}")).expect("it runs");
    }

    /// The n-th point of a name from now on fails, or is the last.
    pub fn strike_at(&self, blow: Blow, n: u64, name: &str) {
        let word = if blow == Blow::Crash { "crash" } else { "fail" };
        self.obey(&format!("{word} {n} {name}")).expect("it runs");
    }

    /// Every point of a name fails until `clear`.
    pub fn fail_every(&self, name: &str) {
        self.obey(&format!("fail every {name}")).expect("it runs");
    }

    /// Nothing fails any more; what was seen is forgotten.
    pub fn clear(&self) {
        self.obey("clear").expect("it runs");
    }

    /// What it has seen; nothing can be asked of the dead.
    pub fn seen(&self) -> Option<Seen> {
        let answer = self.obey("points")?;
        let names = answer["names"].as_object().unwrap();
        Some(Seen {
            points: answer["points"].as_u64().unwrap(),
            hit: answer["hit"]["name"].as_str().map(str::to_owned),
            names: names.keys().cloned().collect(),
        })
    }

    fn obey(&self, command: &str) -> Option<Value> {
        let answer: Value = serde_json::from_str(&self.node.ask(command)?).unwrap();
        assert!(answer["error"].is_null(), "{command}: {answer}");
        Some(answer)
    }
}
