//! The report of an import: a line of JSON for each row, written as soon as the row is done.
//! It is also the memory by which an import that was ended goes on.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use hei_uc6_credentials::archive::REPORT_SUFFIX;
use hei_values::{Code, Refused, Violation};
use serde::{Deserialize, Serialize};

use super::super::said::shown;
use super::row::{Digest, Outcome, Row, hex};

/// The first line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    import: String,
    run: String,
    #[serde(rename = "dryRun")]
    dry_run: bool,
}

/// What a later line says to the next run.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Row {
        source: String,
        sha256: Option<String>,
        outcome: Outcome,
        operation: Option<String>,
        entry: Option<i64>,
    },
    Archive(ArchiveLine),
}

/// An archive went to the node; the rows of its operation follow.
#[derive(Debug, Serialize, Deserialize)]
struct ArchiveLine {
    archive: String,
    sha256: String,
    operation: String,
}

/// What an earlier run wrote of an archive, by its last operation.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Of the archive's bytes.
    pub sha256: String,
    /// "operations/{id}".
    pub operation: String,
    /// How often it went to the node.
    pub tries: u64,
    /// The entry of the last row; rows are written in the order of entries.
    pub last_entry: Option<i64>,
    /// What became of the entries that have rows.
    pub done: Vec<Outcome>,
}

/// What a report told.
#[derive(Debug, Default)]
struct Memory {
    rows: HashMap<String, Earlier>,
    archives: HashMap<String, Begun>,
}

/// What an earlier run wrote of a source, by its last row.
#[derive(Debug)]
pub struct Earlier {
    digest: Option<String>,
    outcome: Outcome,
    /// How many rows it has.
    pub tries: u64,
}

impl Earlier {
    /// The outcome, if it stands: the same bytes (or none again), and nothing that may be
    /// otherwise this time.
    pub fn settles(&self, digest: Option<Digest>, retry_refused: bool) -> Option<Outcome> {
        let again = match self.outcome {
            Outcome::Failed => true,
            Outcome::Refused => retry_refused,
            Outcome::Created | Outcome::Revised | Outcome::Unchanged => false,
        };
        (!again && self.digest == digest.map(|d| hex(&d))).then_some(self.outcome)
    }
}

/// A report that this process alone writes.
pub struct Report {
    file: File,
    path: PathBuf,
    run: String,
    memory: Memory,
}

/// Beside the first of the paths: the same command finds it again from anywhere.
pub fn default_place(paths: &[PathBuf], dry_run: bool) -> PathBuf {
    let first = paths.first().and_then(|p| std::path::absolute(p).ok()).unwrap_or_default();
    // "..", which has no name of its own.
    let first = match first.file_name() {
        Some(_) => first,
        None => first.canonicalize().unwrap_or(first),
    };
    let mut name = first.file_name().map_or_else(|| OsString::from("all"), OsString::from);
    if dry_run {
        name.push(".dry-run");
    }
    name.push(REPORT_SUFFIX);
    first.with_file_name(name)
}

/// A name for an import that no other has.
///
/// # Errors
/// INTERNAL without randomness.
pub fn fresh_run() -> Result<String, Refused> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| Refused::internal("no randomness"))?;
    Ok(hex(&bytes))
}

impl Report {
    /// Opens the report, or begins it. Rows hold names of persons' files: it is its owner's.
    ///
    /// # Errors
    /// FILE_UNWRITABLE; REPORT_IN_USE; USAGE for a file that is no report of such an import.
    pub fn open(path: &Path, dry_run: bool, restart: bool) -> Result<Self, Refused> {
        let broken = |e: io::Error| unwritable(path, &e);
        let mut open = OpenOptions::new();
        let file =
            open.read(true).append(true).create(true).mode(0o600).open(path).map_err(broken)?;
        lock(&file, path)?;
        let path = path.to_owned();
        let mut report = Self { file, path, run: fresh_run()?, memory: Memory::default() };
        let head = report.load().map_err(|e| unwritable(&report.path, &e))?;
        let head = match head {
            Found::Foreign => return Err(foreign(&report.path)),
            Found::Head(head) if !restart => Some(head),
            Found::Head(_) | Found::Nothing => None,
        };
        match head {
            Some(head) if head.dry_run != dry_run => return Err(other_kind(&report.path)),
            Some(head) => report.run = head.run,
            None => report.begin(dry_run)?,
        }
        Ok(report)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the import, the same each time that it goes on.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// What earlier runs wrote of a source.
    pub fn earlier(&self, source: &str) -> Option<&Earlier> {
        self.memory.rows.get(source)
    }

    /// What earlier runs wrote of an archive.
    pub fn begun(&self, archive: &str) -> Option<&Begun> {
        self.memory.archives.get(archive)
    }

    /// Writes a row. After a kill it is there whole, or torn and cut off by the next run.
    ///
    /// # Errors
    /// FILE_UNWRITABLE.
    pub fn add(&mut self, row: &Row) -> Result<(), Refused> {
        self.write(&row.value())
    }

    /// Writes that an archive went to the node.
    ///
    /// # Errors
    /// FILE_UNWRITABLE.
    pub fn begins(&mut self, archive: &str, sha256: &str, operation: &str) -> Result<(), Refused> {
        let [archive, sha256, operation] = [archive, sha256, operation].map(str::to_owned);
        self.write(&ArchiveLine { archive, sha256, operation })
    }

    fn begin(&mut self, dry_run: bool) -> Result<(), Refused> {
        self.file.set_len(0).map_err(|e| unwritable(&self.path, &e))?;
        self.memory = Memory::default();
        let head = Head { import: "transcript".to_owned(), run: self.run.clone(), dry_run };
        self.write(&head)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Refused> {
        let mut bytes = serde_json::to_vec(line).map_err(|e| Refused::internal(e.to_string()))?;
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(|e| unwritable(&self.path, &e))
    }

    /// Reads what is there and cuts a torn last line off.
    fn load(&mut self) -> io::Result<Found> {
        self.file.rewind()?;
        let mut reader = BufReader::new(&self.file);
        let (mut line, mut whole, mut found) = (Vec::new(), 0, Found::Nothing);
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                break;
            }
            whole += read as u64;
            match found {
                Found::Nothing => match serde_json::from_slice(&line) {
                    Ok(head) => found = Found::Head(head),
                    Err(_) => return Ok(Found::Foreign),
                },
                _ => self.memory.remember(&line),
            }
        }
        let torn_head = matches!(found, Found::Nothing) && !line.is_empty();
        if torn_head && !line.starts_with(br#"{"import":"#) {
            return Ok(Found::Foreign);
        }
        self.file.set_len(whole)?;
        Ok(found)
    }
}

enum Found {
    Nothing,
    Head(Head),
    Foreign,
}

impl Memory {
    /// A line that cannot be read counts as not done.
    fn remember(&mut self, line: &[u8]) {
        match serde_json::from_slice(line) {
            Ok(Line::Row { outcome, operation: Some(operation), entry, .. }) => {
                let begun = self.archives.values_mut().find(|it| it.operation == operation);
                if let Some(begun) = begun {
                    begun.last_entry = entry;
                    begun.done.push(outcome);
                }
            }
            Ok(Line::Row { source, sha256, outcome, .. }) => {
                let tries = self.rows.get(&source).map_or(0, |e| e.tries) + 1;
                self.rows.insert(source, Earlier { digest: sha256, outcome, tries });
            }
            Ok(Line::Archive(ArchiveLine { archive, sha256, operation })) => {
                let tries = self.archives.get(&archive).map_or(0, |b| b.tries) + 1;
                let (last_entry, done) = (None, Vec::new());
                self.archives.insert(archive, Begun { sha256, operation, tries, last_entry, done });
            }
            Err(_) => {}
        }
    }
}

/// Held as long as the file is open.
fn lock(file: &File, path: &Path) -> Result<(), Refused> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            let told = format!(
                "another import writes {}: wait for its end, or name another report with --report",
                shown(&path.to_string_lossy())
            );
            Refused::new(Code::Unavailable, "REPORT_IN_USE", told)
        }
        TryLockError::Error(error) => unwritable(path, &error),
    })
}

fn unwritable(path: &Path, error: &io::Error) -> Refused {
    let told = format!(
        "cannot write {}: {error}; --report names another place",
        shown(&path.to_string_lossy())
    );
    Refused::new(Code::FailedPrecondition, "FILE_UNWRITABLE", told)
}

fn foreign(path: &Path) -> Refused {
    let told = format!("{} is no report of an import", shown(&path.to_string_lossy()));
    Violation::new("--report", "USAGE", told).into()
}

fn other_kind(path: &Path) -> Refused {
    let told = format!(
        "{} is of a dry run, or this is one: name another report, or begin anew with --restart",
        shown(&path.to_string_lossy())
    );
    Violation::new("--report", "USAGE", told).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn earlier(outcome: &str, sha256: Option<&str>) -> Earlier {
        let line = serde_json::json!({"source": "a", "sha256": sha256, "outcome": outcome});
        let mut memory = Memory::default();
        memory.remember(line.to_string().as_bytes());
        memory.rows.remove("a").unwrap()
    }

    #[test]
    fn a_row_stands_for_the_same_bytes_unless_its_trouble_may_be_gone() {
        let one = hex(&[1; 32]);
        let stands = |outcome: &str, retry| {
            earlier(outcome, Some(&one)).settles(Some([1; 32]), retry).is_some()
        };
        for outcome in ["created", "revised", "unchanged"] {
            assert!(stands(outcome, false) && stands(outcome, true), "{outcome}");
            assert!(earlier(outcome, Some(&one)).settles(Some([2; 32]), false).is_none());
        }
        assert!(!stands("failed", false));
        assert!(stands("refused", false) && !stands("refused", true));
    }

    #[test]
    fn what_could_not_be_read_is_tried_once_it_can() {
        let unread = earlier("refused", None);
        assert!(unread.settles(None, false).is_some());
        assert!(unread.settles(Some([1; 32]), false).is_none());
    }

    #[test]
    fn of_two_rows_the_last_counts_and_the_tries_are_counted() {
        let mut memory = Memory::default();
        for sha256 in [[1; 32], [2; 32]] {
            let line =
                serde_json::json!({"source": "a", "sha256": hex(&sha256), "outcome": "created"});
            memory.remember(line.to_string().as_bytes());
        }
        let all = memory.rows;
        assert_eq!(all["a"].tries, 2);
        assert!(all["a"].settles(Some([1; 32]), false).is_none());
    }
}
