//! ZIP archives of documents (APPNOTE.TXT, ZIP64 too), entry by entry: nothing is written to
//! disk, and only the index and one entry are in memory.

use std::io::{self, Read, Seek};

use hei_proto::Rpc as _;
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_values::{Code, Refused};
use zip::{CompressionMethod, ZipArchive};

/// A local file header (APPNOTE 4.3.7), or the end record of an archive without entries.
const BEGINNINGS: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];
/// Purpose, request_id and tags beside the document in a request.
const REQUEST_REST_BYTES: u64 = 1024;
/// How the names of the command's reports end. Such files are not imported.
pub const REPORT_SUFFIX: &str = ".import.jsonl";

/// An archive whose index was read.
pub struct Archive<R>(ZipArchive<R>);

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// To be imported, by its name in the archive.
    Document(String),
    /// Nothing by itself.
    Folder,
    /// What a system keeps for itself.
    Hidden,
}

/// Whether bytes begin an archive.
pub fn begins(mut bytes: impl Read) -> bool {
    let mut first = [0; 4];
    bytes.read_exact(&mut first).is_ok() && BEGINNINGS.contains(&first)
}

/// Files that a system keeps for itself, and the reports of other imports.
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with(REPORT_SUFFIX)
}

/// The bytes; nothing where there are more than a request may carry, whatever was declared.
///
/// # Errors
/// Those of the reader.
pub fn capped(reader: impl Read) -> io::Result<Option<Vec<u8>>> {
    let most = document_bytes_max();
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn document_bytes_max() -> u64 {
    u64::from(ImportTranscriptRequest::ACCESS.request_bytes_max).saturating_sub(REQUEST_REST_BYTES)
}

/// TOO_LARGE, as the node says of a request.
pub fn too_large() -> Refused {
    let most = document_bytes_max();
    let told = format!("has more than the {most} bytes that a document may have");
    Refused::new(Code::ResourceExhausted, "TOO_LARGE", told)
}

/// ARCHIVE_AMBIGUOUS: not passed over in silence.
pub fn ambiguous() -> Refused {
    refused(
        "ARCHIVE_AMBIGUOUS",
        "has several entries of one name; of each only the last is imported",
    )
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the index.
    ///
    /// # Errors
    /// ARCHIVE_UNREADABLE.
    pub fn open(reader: R) -> Result<Self, Refused> {
        let archive = ZipArchive::new(reader);
        let unreadable = |error| {
            let told = format!("is no ZIP archive that can be read: {error}");
            refused("ARCHIVE_UNREADABLE", told)
        };
        archive.map(Self).map_err(unreadable)
    }

    /// Whether an entry has the name of another.
    pub fn is_ambiguous(&self) -> bool {
        self.0.has_duplicate_names()
    }

    /// How many entries the index has.
    pub fn entries(&self) -> usize {
        self.0.len()
    }

    /// How many rows the archive makes, and how many hidden entries it has.
    pub fn count(&self) -> (usize, usize) {
        let (mut rows, mut hidden) = (usize::from(self.is_ambiguous()), 0);
        for at in 0..self.entries() {
            match self.entry(at) {
                Entry::Document(_) => rows += 1,
                Entry::Hidden => hidden += 1,
                Entry::Folder => {}
            }
        }
        (rows, hidden)
    }

    /// What the entry at a place of the index is.
    pub fn entry(&self, at: usize) -> Entry {
        // Nobody asks beyond the index.
        let Ok(entry) = self.0.by_index_data(at) else { return Entry::Hidden };
        if entry.is_dir() {
            return Entry::Folder;
        }
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
        };
        match name.split(['/', '\\']).any(|part| is_hidden(part) && part != "..") {
            true => Entry::Hidden,
            false => Entry::Document(name),
        }
    }

    /// The bytes of an entry.
    ///
    /// # Errors
    /// ENTRY_UNREADABLE, ENTRY_ENCRYPTED, COMPRESSION_UNSUPPORTED, TOO_LARGE, ARCHIVE_NESTED.
    pub fn document(&mut self, at: usize) -> Result<Vec<u8>, Refused> {
        let broken = |error: &dyn std::fmt::Display| {
            refused("ENTRY_UNREADABLE", format!("cannot be read: {error}"))
        };
        let about = self.0.by_index_data(at).map_err(|e| broken(&e))?;
        if about.encrypted() {
            return Err(refused("ENTRY_ENCRYPTED", "is encrypted: pack it without a password"));
        }
        // The reader itself would say so only as a broken stream.
        let method = about.compression();
        if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
            let told = format!(
                "is compressed by a method that is not read here ({method}): pack it with \
                 \"deflate\" or \"store\""
            );
            return Err(refused("COMPRESSION_UNSUPPORTED", told));
        }
        let entry = self.0.by_index(at).map_err(|e| broken(&e))?;
        let bytes = capped(entry).map_err(|e| broken(&e))?.ok_or_else(too_large)?;
        match begins(bytes.as_slice()) {
            true => Err(refused("ARCHIVE_NESTED", "is an archive in an archive: unpack it first")),
            false => Ok(bytes),
        }
    }
}

fn refused(reason: &'static str, told: impl Into<String>) -> Refused {
    Refused::new(Code::FailedPrecondition, reason, told)
}
