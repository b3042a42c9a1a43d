//! What a use case is to the node, and what the node is to a use case.

use std::sync::Arc;

use hei_messaging::Desk;
use hei_store::page::Pager;
use hei_store::{Store, institution::Institution};
use hei_values::{Clock, Id, Millis, Move};
use sea_orm_migration::MigrationTrait;

use crate::rights::Rights;
use crate::{Answered, Handler, Job, Received, Spool, SubjectData};

/// A use case as the composition root sees it: data, nothing to call back.
#[derive(Default)]
pub struct UseCase {
    /// "uc6".
    pub name: &'static str,
    /// What the node claims of it, as "uc6/receiver@1".
    pub claims: Vec<&'static str>,
    /// The standards that it speaks, with version.
    pub standards: Vec<&'static str>,
    /// RPCs of the campus listener; the ops listener has them too.
    pub campus: Vec<Handler>,
    /// RPCs of the peer listener: reads only.
    pub peer: Vec<Handler>,
    /// Messages that it takes from peers.
    pub received: Vec<Received>,
    /// Answers to its own messages.
    pub answered: Vec<Answered>,
    /// Its tables, in order.
    pub migrations: Vec<Box<dyn MigrationTrait>>,
    /// Work that outlives the call that asked for it, and what recurs.
    pub jobs: Vec<Job>,
    /// Its processes: name and moves.
    pub machines: Vec<(&'static str, Vec<Move>)>,
    /// What it holds about persons.
    pub subject_data: Vec<SubjectData>,
}

/// What handlers stand on. One for the whole process.
pub struct Node {
    /// The database.
    pub store: Store,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The institution whose node this is.
    pub institution: Institution,
    /// Signs page tokens.
    pub pager: Pager,
    /// Where outgoing messages are signed and queued.
    pub desk: Desk,
    /// Where uploads lie until they are whole.
    pub spool: Spool,
    /// What is held about persons, and how long.
    pub rights: Rights,
}

impl Node {
    /// A new identifier.
    ///
    /// # Errors
    /// INTERNAL if the system has no randomness.
    pub fn fresh_id(&self, now: Millis) -> Result<Id, hei_values::Refused> {
        let mut random = [0; 10];
        aws_lc_rs::rand::fill(&mut random)
            .map_err(|_| hei_values::Refused::internal("no randomness"))?;
        Ok(Id::new(now, random))
    }
}
