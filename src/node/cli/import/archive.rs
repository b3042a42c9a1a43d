//! ZIP archives (APPNOTE.TXT, ZIP64 too), entry by entry: nothing is written to disk, and
//! only the index and one entry are in memory.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use hei_values::{Code, Refused};
use zip::{CompressionMethod, ZipArchive};

use super::super::said::shown;
use super::sources::{self, Item};

/// A local file header (APPNOTE 4.3.7), or the end record of an archive without entries.
const BEGINNINGS: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];

type Archive = ZipArchive<BufReader<File>>;

/// Whether a file is an archive, by its content. Only files are looked at: what is read
/// from a pipe is gone.
pub fn is_one(path: &Path) -> bool {
    path.is_file() && File::open(path).is_ok_and(begins_one)
}

fn begins_one(mut bytes: impl Read) -> bool {
    let mut first = [0; 4];
    bytes.read_exact(&mut first).is_ok() && BEGINNINGS.contains(&first)
}

/// How many rows an archive makes, and how many hidden entries it has.
///
/// # Errors
/// ARCHIVE_UNREADABLE.
pub fn count(path: &Path) -> Result<(usize, usize), Refused> {
    let archive = open(path)?;
    let (mut rows, mut hidden) = (usize::from(archive.has_duplicate_names()), 0);
    for at in 0..archive.len() {
        match kind(&archive, at) {
            Kind::Document(_) => rows += 1,
            Kind::Hidden => hidden += 1,
            Kind::Folder => {}
        }
    }
    Ok((rows, hidden))
}

/// Gives each entry; false as soon as `give` has enough.
pub fn read(path: &Path, give: &mut impl FnMut(Item) -> bool) -> bool {
    let mut archive = match open(path) {
        Ok(archive) => archive,
        Err(refused) => return give(Item::new(sources::name(path), Err(refused))),
    };
    if archive.has_duplicate_names() {
        let item = Item::new(sources::name(path), Err(ambiguous(path)));
        if !give(item) {
            return false;
        }
    }
    for at in 0..archive.len() {
        let Kind::Document(entry) = kind(&archive, at) else { continue };
        let source = format!("{}!{entry}", sources::name(path));
        let content = document(&mut archive, at, &source);
        if !give(Item::new(source, content)) {
            return false;
        }
    }
    true
}

fn open(path: &Path) -> Result<Archive, Refused> {
    let file = File::open(path).map_err(|e| sources::unreadable(path, &e))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| {
        let told = format!("{} is no ZIP archive that can be read: {error}", sources::name(path));
        Refused::new(Code::FailedPrecondition, "ARCHIVE_UNREADABLE", shown(&told))
    })
}

enum Kind {
    Document(String),
    Folder,
    Hidden,
}

fn kind(archive: &Archive, at: usize) -> Kind {
    // Cannot be: `at` is below the length.
    let Ok(entry) = archive.by_index_data(at) else { return Kind::Hidden };
    if entry.is_dir() {
        return Kind::Folder;
    }
    let name = match entry.name() {
        Ok(name) => name.into_owned(),
        Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
    };
    match name.split(['/', '\\']).any(|part| sources::is_hidden(part) && part != "..") {
        true => Kind::Hidden,
        false => Kind::Document(name),
    }
}

fn document(archive: &mut Archive, at: usize, source: &str) -> Result<Vec<u8>, Refused> {
    let broken = |error: &dyn std::fmt::Display| {
        let told = format!("{} cannot be read: {error}", shown(source));
        Refused::new(Code::FailedPrecondition, "ENTRY_UNREADABLE", told)
    };
    let about = archive.by_index_data(at).map_err(|e| broken(&e))?;
    if about.encrypted() {
        return Err(encrypted(source));
    }
    // The reader itself would say so only as a broken stream.
    let method = about.compression();
    if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(compression(source, method));
    }
    let entry = archive.by_index(at).map_err(|e| broken(&e))?;
    let bytes = sources::capped(entry).map_err(|e| broken(&e))?;
    let bytes = bytes.ok_or_else(|| sources::too_large(source))?;
    if begins_one(bytes.as_slice()) {
        return Err(nested(source));
    }
    Ok(bytes)
}

fn ambiguous(path: &Path) -> Refused {
    let told = format!(
        "{} has several entries of one name; of each only the last is imported",
        shown(&sources::name(path))
    );
    Refused::new(Code::FailedPrecondition, "ARCHIVE_AMBIGUOUS", told)
}

fn encrypted(source: &str) -> Refused {
    let told = format!("{} is encrypted: pack it without a password", shown(source));
    Refused::new(Code::FailedPrecondition, "ENTRY_ENCRYPTED", told)
}

fn compression(source: &str, method: CompressionMethod) -> Refused {
    let told = format!(
        "{} is compressed by a method that is not read here ({method}): pack it with \"deflate\" \
         or \"store\"",
        shown(source)
    );
    Refused::new(Code::FailedPrecondition, "COMPRESSION_UNSUPPORTED", told)
}

fn nested(source: &str) -> Refused {
    let told = format!("{} is an archive in an archive: unpack it first", shown(source));
    Refused::new(Code::FailedPrecondition, "ARCHIVE_NESTED", told)
}
