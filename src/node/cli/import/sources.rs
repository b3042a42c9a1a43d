//! Where the documents are: files and folders, one document at a time; and ZIP archives,
//! which go to the node whole.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use hei_evidence::keys::sha256;
use hei_uc6_credentials::archive::{self, Archive, capped, is_hidden};
use hei_values::{Code, Refused};

use super::super::said::shown;
use super::row::Digest;

/// More files than this are a bulk: a report is kept of them.
const FEW_FILES_MAX: usize = 20;

/// A document, or why it cannot be read.
pub struct Item {
    /// The file.
    pub source: String,
    /// Its bytes.
    pub content: Result<Vec<u8>, Refused>,
    /// Their SHA-256.
    pub digest: Option<Digest>,
}

impl Item {
    /// A document as it was read.
    pub fn new(source: String, content: Result<Vec<u8>, Refused>) -> Self {
        let digest = content.as_ref().ok().map(|bytes| sha256(bytes));
        Self { source, content, digest }
    }
}

/// One thing that was named, or that stands in a folder that was.
enum Place {
    File(PathBuf),
    /// Cannot be read.
    Closed(PathBuf, Refused),
}

/// All that an import reads, by name.
#[derive(Default)]
pub struct Sources {
    places: Vec<Place>,
    archives: Vec<PathBuf>,
    total: usize,
    hidden: usize,
}

/// Whether the paths are worth a report.
pub fn are_many(paths: &[PathBuf]) -> bool {
    paths.len() > FEW_FILES_MAX || paths.iter().any(|p| p.is_dir() || is_archive(p))
}

impl Sources {
    /// Lists them: paths in the order given, folders sorted by name. `report` is no source.
    pub fn of(paths: &[PathBuf], report: Option<&Path>) -> Self {
        let mut sources = Self::default();
        for path in paths {
            match path.is_dir() {
                true => sources.folder(path, report),
                false => sources.file(path.clone()),
            }
        }
        sources
    }

    /// How many rows they make.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many hidden files were left out.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    fn folder(&mut self, folder: &Path, report: Option<&Path>) {
        let list = || fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>();
        let mut entries = match list() {
            Ok(entries) => entries,
            Err(error) => return self.closed(folder.to_owned(), unreadable(folder, &error)),
        };
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (name, path) = (entry.file_name(), entry.path());
            if is_hidden(&name.to_string_lossy()) {
                self.hidden += 1;
                continue;
            }
            let link = entry.file_type().is_ok_and(|t| t.is_symlink());
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() && link => self.closed(path.clone(), no_link(&path)),
                Ok(about) if about.is_dir() => self.folder(&path, report),
                Ok(about) if about.is_file() && report.is_some_and(|r| is_same(r, &path)) => {}
                Ok(about) if about.is_file() => self.file(path),
                Ok(_) => self.closed(path.clone(), no_file(&path)),
                Err(error) => self.closed(path.clone(), unreadable(&path, &error)),
            }
        }
    }

    fn file(&mut self, path: PathBuf) {
        if !is_archive(&path) {
            self.total += 1;
            return self.places.push(Place::File(path));
        }
        match opened(&path).map(|archive| archive.count()) {
            Ok((rows, hidden)) => {
                self.total += rows;
                self.hidden += hidden;
                self.archives.push(path);
            }
            Err(refused) => self.closed(path, refused),
        }
    }

    fn closed(&mut self, path: PathBuf, refused: Refused) {
        self.total += 1;
        self.places.push(Place::Closed(path, refused));
    }

    /// The archives, which are no part of `read`.
    pub fn take_archives(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.archives)
    }

    /// Gives one document after the other, until `give` says that it is enough.
    pub fn read(self, mut give: impl FnMut(Item) -> bool) {
        for place in self.places {
            let enough = match place {
                Place::File(path) => !give(Item::new(name(&path), document(&path))),
                Place::Closed(path, refused) => !give(Item::new(name(&path), Err(refused))),
            };
            if enough {
                return;
            }
        }
    }
}

/// As it stands in rows.
pub fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Whether a file is an archive, by its content. Only files are looked at: what is read
/// from a pipe is gone.
fn is_archive(path: &Path) -> bool {
    path.is_file() && File::open(path).is_ok_and(archive::begins)
}

/// Reads the index of an archive.
///
/// # Errors
/// FILE_UNREADABLE, ARCHIVE_UNREADABLE.
pub fn opened(path: &Path) -> Result<Archive<BufReader<File>>, Refused> {
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    Archive::open(BufReader::new(file))
}

fn is_same(report: &Path, path: &Path) -> bool {
    report.file_name() == path.file_name()
        && matches!((report.canonicalize(), path.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn document(path: &Path) -> Result<Vec<u8>, Refused> {
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    capped(file).map_err(|e| unreadable(path, &e))?.ok_or_else(archive::too_large)
}

/// FILE_UNREADABLE.
pub fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Refused {
    let told = format!("cannot read {}: {error}", shown(&name(path)));
    Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
}

fn no_link(path: &Path) -> Refused {
    let told = format!(
        "{} is a link to a folder, and links are not followed: name the folder itself",
        shown(&name(path))
    );
    Refused::new(Code::FailedPrecondition, "FOLDER_LINK", told)
}

fn no_file(path: &Path) -> Refused {
    let told = format!("{} is neither a file nor a folder", shown(&name(path)));
    Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
}
