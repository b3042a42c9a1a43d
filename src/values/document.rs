//! Documents that were checked, and documents that were mapped.

use std::ops::Deref;
use std::sync::Arc;

use hei_proto::hei::common::v1::Loss;

use crate::Violations;

/// A contract message that passed its check. Clones share the message.
#[derive(Debug, Clone, PartialEq)]
pub struct Valid<M>(Arc<M>);

impl<M> Valid<M> {
    /// The message, if `faults` of it finds none.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(message: M, faults: impl FnOnce(&M) -> Violations) -> Result<Self, Violations> {
        let found = faults(&message);
        match found.0.is_empty() {
            true => Ok(Self(Arc::new(message))),
            false => Err(found),
        }
    }
}

impl<M> Deref for Valid<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

/// What a mapping between two forms gave, and what it had to leave behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped<T> {
    /// The result.
    pub value: T,
    /// Everything of the source that the result does not say.
    pub lost: Vec<Loss>,
}
