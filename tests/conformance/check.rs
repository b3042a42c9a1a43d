//! Comparisons that say what they found.

use std::fmt::Debug;

use crate::verdict::{Outcome, Stop};

/// Fails with a sentence unless it is so.
pub fn ensure(so: bool, told: impl FnOnce() -> String) -> Outcome {
    if so { Ok(()) } else { Err(Stop::fail(told())) }
}

/// Fails unless both are the same.
pub fn same<T: PartialEq + Debug>(what: &str, found: &T, wanted: &T) -> Outcome {
    ensure(found == wanted, || format!("{what}: {found:?}, wanted {wanted:?}"))
}

/// What a scenario has made before; without it the scenario itself is wrong.
pub fn made<'a, T>(thing: &'a Option<T>, what: &str) -> Outcome<&'a T> {
    thing.as_ref().ok_or_else(|| Stop::fail(format!("this scenario has no {what} yet")))
}
