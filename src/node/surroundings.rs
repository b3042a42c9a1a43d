//! What a node takes from the world around it. Its tests give it another one
//! (tests/lab-node): a clock that can be set, faults where they want them, and use cases
//! of which there are two versions.

use std::sync::Arc;

use hei_use_case::UseCase;
use hei_values::{Clock, Faults, NoFaults};

use crate::Config;
use crate::clock::SystemClock;

/// A node's world. A clone is the same one.
#[derive(Clone)]
pub struct Surroundings {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What is made to fail.
    pub faults: Arc<dyn Faults>,
    /// What it can do.
    pub use_cases: fn(&Config) -> Vec<UseCase>,
}

impl Surroundings {
    /// The machine's time, no fault but its own, and the use cases of the product.
    pub fn real() -> Self {
        let use_cases = crate::use_cases;
        Self { clock: Arc::new(SystemClock), faults: Arc::new(NoFaults), use_cases }
    }
}
