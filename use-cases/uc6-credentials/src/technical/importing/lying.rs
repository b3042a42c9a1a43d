//! An archive that lies in the database, read like a file: a piece that is missing is said,
//! fetched, and the reading done again.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use hei_store::Conn;
use hei_store::blobs::{self, CHUNK_BYTES, CHUNKS_AT_ONCE, Place};
use hei_use_case::Failed;
use hei_values::Refused;

use crate::technical::archive::Archive;

/// The archive's bytes, as far as they were needed so far.
pub struct Lying {
    place: Place,
    size: u64,
    pieces: Arc<Mutex<Pieces>>,
}

#[derive(Default)]
struct Pieces {
    there: BTreeMap<u64, Vec<u8>>,
    missing: Option<u64>,
}

/// Reads what is there.
pub struct Reader {
    size: u64,
    at: u64,
    pieces: Arc<Mutex<Pieces>>,
}

impl Lying {
    /// Nothing of it is read yet.
    pub fn new(place: Place, size: u64) -> Self {
        Self { place, size, pieces: Arc::default() }
    }

    /// Reads the index.
    ///
    /// # Errors
    /// ARCHIVE_UNREADABLE.
    pub async fn open(&mut self, conn: &Conn) -> Result<Archive<Reader>, Failed> {
        loop {
            let pieces = Arc::clone(&self.pieces);
            let opened = Archive::open(Reader { size: self.size, at: 0, pieces });
            if !self.fetch_missing(conn).await? {
                return Ok(opened?);
            }
        }
    }

    /// The bytes of an entry, or why there are none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn document(
        &mut self,
        conn: &Conn,
        archive: &mut Archive<Reader>,
        at: usize,
    ) -> Result<Result<Vec<u8>, Refused>, Failed> {
        loop {
            let read = archive.document(at);
            if !self.fetch_missing(conn).await? {
                return Ok(read);
            }
        }
    }

    /// Whether something was missing; it is there now.
    async fn fetch_missing(&self, conn: &Conn) -> Result<bool, Failed> {
        let Some(first) = self.held().missing.take() else { return Ok(false) };
        let chunks = blobs::chunks(conn, &self.place, first, CHUNKS_AT_ONCE as u64).await?;
        if chunks.is_empty() {
            return Err(Refused::internal("an archive lost a chunk").into());
        }
        self.held().there.extend((first..).zip(chunks));
        Ok(true)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Pieces> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size {
            return Ok(0);
        }
        let chunk = self.at / CHUNK_BYTES as u64;
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bytes) = pieces.there.get(&chunk) else {
            pieces.missing = Some(chunk);
            return Err(io::Error::other("a piece is missing"));
        };
        let within = usize::try_from(self.at % CHUNK_BYTES as u64).unwrap_or(usize::MAX);
        let count = bytes.get(within..).unwrap_or_default().read(into)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
