//! Faults by plan: the n-th point that the node comes to, or every point of a name.
//! The points are counted from the moment at which the plan is made.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hei_values::{Code, Faults, Refused};

/// What happens where a plan strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The point fails.
    Fail,
    /// The process is gone at once, as by SIGKILL.
    Crash,
}

/// Where a plan strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At the n-th point, once.
    Nth(u64),
    /// At the n-th point of a name, once.
    NthOf(u64, String),
    /// At each point of a name, until there is another plan.
    Every(String),
}

/// What was seen since the plan was made.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// How many points.
    pub points: u64,
    /// The same by name.
    pub names: BTreeMap<&'static str, u64>,
    /// Where the plan struck first: the number of the point, and its name.
    pub hit: Option<(u64, &'static str)>,
}

/// All plans go through here.
#[derive(Default)]
pub struct Switchboard(Mutex<State>);

#[derive(Default)]
struct State {
    plan: Option<(Place, Blow)>,
    seen: Seen,
}

impl Switchboard {
    /// A new plan, or none; counting begins anew.
    pub fn plan(&self, plan: Option<(Place, Blow)>) {
        *self.lock() = State { plan, seen: Seen::default() };
    }

    /// What was seen since.
    pub fn seen(&self) -> Seen {
        self.lock().seen.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Faults for Switchboard {
    fn at(&self, point: &'static str) -> Result<(), Refused> {
        let Some(blow) = self.lock().comes_to(point) else { return Ok(()) };
        if blow == Blow::Crash {
            std::process::abort();
        }
        let told = format!("the laboratory makes {point} fail: repeat");
        Err(Refused::new(Code::Unavailable, "FAULT", told))
    }
}

impl State {
    fn comes_to(&mut self, point: &'static str) -> Option<Blow> {
        self.seen.points += 1;
        let of_name = self.seen.names.entry(point).or_default();
        *of_name += 1;
        let (place, blow) = self.plan.as_ref()?;
        let strikes = match place {
            Place::Nth(n) => self.seen.points == *n,
            Place::NthOf(n, name) => name == point && of_name == n,
            Place::Every(name) => name == point,
        };
        if !strikes {
            return None;
        }
        self.seen.hit.get_or_insert((self.seen.points, point));
        Some(*blow)
    }
}
