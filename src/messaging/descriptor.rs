//! Node descriptors: what a node says of itself, signed. Pure but for `own`, which
//! keeps our versions. A partner's descriptor counts by the key that the operator
//! named or that the descriptor before it named, never by where it was found.

mod json;
mod own;
mod pinned;
mod table;

pub use json::{from_json, to_json};
#[cfg(test)]
pub(crate) use own::fixed;
pub use own::{Described, own};
pub use pinned::{Pinned, first, next};

#[cfg(test)]
mod tests;
