//! Where the documents are: files, folders, ZIP archives. A list of names, and one document
//! at a time.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hei_evidence::keys::sha256;
use hei_proto::Rpc as _;
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_values::{Code, Refused};

use super::super::said::shown;
use super::archive;
use super::report::SUFFIX;
use super::row::Digest;

/// More files than this are a bulk: a report is kept of them.
const FEW_FILES_MAX: usize = 20;
/// Purpose, request_id and tags beside the document in a request.
const REQUEST_REST_BYTES: u64 = 1024;

/// A document, or why it cannot be read.
pub struct Item {
    /// The file, or "archive!entry".
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
    Archive(PathBuf),
    /// Cannot be read.
    Closed(PathBuf, Refused),
}

/// All that an import reads, by name.
#[derive(Default)]
pub struct Sources {
    places: Vec<Place>,
    total: usize,
    hidden: usize,
}

/// Whether the paths are worth a report.
pub fn are_many(paths: &[PathBuf]) -> bool {
    paths.len() > FEW_FILES_MAX || paths.iter().any(|p| p.is_dir() || archive::is_one(p))
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
        if !archive::is_one(&path) {
            self.total += 1;
            return self.places.push(Place::File(path));
        }
        match archive::count(&path) {
            Ok((entries, hidden)) => {
                self.total += entries;
                self.hidden += hidden;
                self.places.push(Place::Archive(path));
            }
            Err(refused) => self.closed(path, refused),
        }
    }

    fn closed(&mut self, path: PathBuf, refused: Refused) {
        self.total += 1;
        self.places.push(Place::Closed(path, refused));
    }

    /// Gives one document after the other, until `give` says that it is enough.
    pub fn read(self, mut give: impl FnMut(Item) -> bool) {
        for place in self.places {
            let enough = match place {
                Place::File(path) => !give(Item::new(name(&path), document(&path))),
                Place::Archive(path) => !archive::read(&path, &mut give),
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

/// Files that a system keeps for itself, and the reports of other imports.
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with(SUFFIX)
}

fn is_same(report: &Path, path: &Path) -> bool {
    report.file_name() == path.file_name()
        && matches!((report.canonicalize(), path.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn document(path: &Path) -> Result<Vec<u8>, Refused> {
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    capped(file).map_err(|e| unreadable(path, &e))?.ok_or_else(|| too_large(&name(path)))
}

/// The bytes; nothing where there are more than a request may carry, whatever was declared.
pub fn capped(reader: impl Read) -> io::Result<Option<Vec<u8>>> {
    let most = document_bytes_max();
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn document_bytes_max() -> u64 {
    u64::from(ImportTranscriptRequest::ACCESS.request_bytes_max).saturating_sub(REQUEST_REST_BYTES)
}

/// TOO_LARGE, as the node itself would say.
pub fn too_large(source: &str) -> Refused {
    let most = document_bytes_max();
    let told = format!("{} has more than the {most} bytes that a document may have", shown(source));
    Refused::new(Code::ResourceExhausted, "TOO_LARGE", told)
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
