//! What it takes to write a message: keys, purposes, who we are and who the peers
//! are. Knows nothing of what messages do, so that use cases can hold it.

use std::sync::Arc;

use hei_evidence::keys::Keyring;
use hei_store::institution::Institution;
use hei_values::{Id, Millis, Refused};

use crate::peers::PeerBook;
use crate::settings::Purposes;

/// Where outgoing messages are signed. A clone is the same one.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    keys: Arc<Keyring>,
    purposes: Purposes,
    institution: Institution,
    book: PeerBook,
}

impl Desk {
    /// A desk for one institution.
    pub fn new(
        keys: Arc<Keyring>,
        purposes: Purposes,
        institution: Institution,
        book: PeerBook,
    ) -> Self {
        Self(Arc::new(Inner { keys, purposes, institution, book }))
    }

    /// The node's keys.
    pub fn keys(&self) -> &Keyring {
        &self.0.keys
    }

    pub(crate) fn keys_shared(&self) -> Arc<Keyring> {
        self.0.keys.clone()
    }

    /// What may move and why.
    pub fn purposes(&self) -> &Purposes {
        &self.0.purposes
    }

    /// Who sends.
    pub fn institution(&self) -> &Institution {
        &self.0.institution
    }

    /// Who the peers are.
    pub fn book(&self) -> &PeerBook {
        &self.0.book
    }

    /// A new identifier.
    ///
    /// # Errors
    /// INTERNAL if the system has no randomness.
    pub fn fresh_id(&self, now: Millis) -> Result<Id, Refused> {
        fresh_id(now)
    }
}

/// A new identifier.
///
/// # Errors
/// INTERNAL if the system has no randomness.
pub(crate) fn fresh_id(now: Millis) -> Result<Id, Refused> {
    let mut random = [0; 10];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| Refused::internal("no randomness"))?;
    Ok(Id::new(now, random))
}
