//! Blobs: bytes of any size as rows of a few, found by their content. Equal bytes of
//! one person are one blob; equal bytes of two persons are two, each sealed with its
//! person's key, so that neither tells anything of the other.
//!
//! The identifier comes from the content and the person. Two that write the same blob at
//! once write the same rows, and whoever was cut off goes on where it was. A blob is
//! there when it is whole: its chunks come in transactions of a few, so that nobody waits
//! for two hundred mebibytes, and the last one counts them. What never becomes whole is
//! swept.

use aws_lc_rs::digest::{SHA256, digest};
use hei_values::{Id, Refused};
use uuid::Uuid;

use crate::limits;

mod read;
mod sweep;
mod tables;
mod write;

pub use read::{Place, all, any_uploaded, chunks};
pub use sweep::{abandon, abandon_some, sweep};
pub use tables::blob::{ActiveModel, Column, Entity, Model};
pub use write::{begin, finish, hold, put, write};

/// One row of a blob in bytes.
pub const CHUNK_BYTES: usize = limits::CHUNK_BYTES;

/// Chunks that one transaction should write.
pub const CHUNKS_AT_ONCE: usize = limits::CHUNKS_AT_ONCE;

/// What a blob shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Whose node keeps it.
    pub institution: Uuid,
    /// The person whom it is about; its chunks are sealed then.
    pub subject: Option<Uuid>,
    /// Who alone has it, where equal bytes of others shall be another blob: it can be given
    /// up then without asking whose else it is.
    pub owner: Option<Uuid>,
    /// Of the bytes in clear.
    pub sha256: [u8; 32],
    /// The bytes in clear.
    pub size_bytes: u64,
    /// As whoever brought it first says.
    pub media_type: String,
}

impl New {
    /// Describes bytes that are at hand.
    pub fn of(institution: Uuid, subject: Option<Uuid>, bytes: &[u8], media_type: &str) -> Self {
        Self {
            institution,
            subject,
            owner: None,
            sha256: sha256(bytes),
            size_bytes: bytes.len() as u64,
            media_type: media_type.to_owned(),
        }
    }

    /// The one identifier that these bytes of this person can have. Whoever does not know
    /// the person's identifier here cannot tell from it what the bytes are.
    pub fn id(&self) -> Uuid {
        let whose = self.owner.or(self.subject).unwrap_or_default();
        Id::of_digest(&sha256(&[whose.as_bytes().as_slice(), &self.sha256].concat())).0
    }

    /// Where it is read.
    pub fn place(&self) -> Place {
        Place { institution: self.institution, subject: self.subject, id: self.id() }
    }

    /// How many rows it has.
    pub fn chunk_count(&self) -> u64 {
        self.size_bytes.div_ceil(CHUNK_BYTES as u64)
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap_or([0; 32])
}

impl Model {
    /// Where it is read.
    pub fn place(&self) -> Place {
        Place { institution: self.institution_id, subject: self.subject_id, id: self.id }
    }
}

/// Which piece of a person's sealed data a chunk is.
fn place(blob: Uuid, position: i64) -> Vec<u8> {
    [blob.as_bytes().as_slice(), &position.to_be_bytes()].concat()
}

fn number(value: u64) -> Result<i64, Refused> {
    i64::try_from(value).map_err(|_| Refused::internal("a number of bytes beyond any disk"))
}
