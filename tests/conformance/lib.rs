//! The conformance suite: plays partners and campus systems of a node that it is pointed at, and says of
//! each requirement whether the node keeps it. Knows the contract and nothing of how any node is built.

mod check;
mod clock;
mod documents;
mod features;
mod pattern;
mod peer;
mod report;
mod requirements;
mod run;
mod steps;
mod suite;
mod verdict;
mod wire;
mod world;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

pub use report::{Line, Report};
pub use run::run;
pub use verdict::Verdict;

use std::collections::BTreeMap;
use std::net::IpAddr;

/// The identifier (scheme "esi") of the learner whom the node's client of role learner speaks for.
pub const LEARNER: &str = "urn:schac:personalUniqueCode:int:esi:conformance.example:learner";

/// How to reach the node under test, and as whom.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The campus listener, as "http://127.0.0.1:8401".
    pub target: String,
    /// The public listener, as "https://node.uni.example"; what needs it is skipped without.
    pub public: Option<String>,
    /// The ops listener, as "http://127.0.0.1:8404"; what needs it is skipped without.
    pub ops: Option<String>,
    /// A token of the campus listener for each role; what needs another is skipped.
    pub tokens: BTreeMap<String, String>,
    /// The address at which the suite's own partners listen, as the node reaches them.
    pub listen: IpAddr,
    /// Only these use cases, as "uc6"; all where empty. What holds for every node is always tried.
    pub use_cases: Vec<String>,
}
