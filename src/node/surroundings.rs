//! What a node takes from the world around it. Its tests give it another one
//! (tests/lab-node): a clock that can be set, and faults where they want them.

use std::sync::Arc;

use hei_values::{Clock, Faults, NoFaults};

use crate::clock::SystemClock;

/// A node's world. A clone is the same one.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What is made to fail.
    pub faults: Arc<dyn Faults>,
}

impl Surroundings {
    /// The machine's time, and no fault but its own.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), faults: Arc::new(NoFaults) }
    }
}
