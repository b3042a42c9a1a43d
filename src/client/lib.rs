//! The only way out of the node, and the keys by which it knows its peers.
//! It knows no message, no database and no tonic: it opens connections that may
//! be opened, to whom they were meant, and says why another one was refused.

mod backoff;
mod fetch;
#[cfg(test)]
mod fixtures;
mod limits;
mod network;
mod outbound;
pub mod pins;
mod proof;
mod refused;
mod settings;
mod target;
mod trust;

pub use backoff::Backoff;
pub use fetch::Fetched;
pub use limits::{BODY_BYTES_MAX, DEADLINE, URL_BYTES_MAX};
pub use outbound::{Bounds, Outbound};
pub use pins::{PinnedKey, Pins, SpkiHash, Standing};
pub use refused::Refused;
pub use settings::{Allowed, Place, Settings};
pub use trust::{Roots, Trust};
