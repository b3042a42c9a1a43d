//! An archive goes to the node whole; the command follows the job there and notes its rows.
//! A command that ends takes nothing with it: the next one follows the same operation.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use hei_proto::google::longrunning::{GetOperationRequest, Operation, operation};
use hei_proto::hei::credentials::v1::{ImportRow, ListImportRowsRequest};
use hei_uc6_credentials::archive::{Archive, Entry};
use hei_values::{Code, Refused};

use super::calling::Calling;
use super::ended::Told;
use super::report::Begun;
use super::row::{Digest, Outcome, Row, hex};
use super::{Ledger, sources};

/// How often the node is asked for more rows.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// Rows of a page.
const PAGE: i32 = 200;

/// An archive and its operation.
struct Following<'a> {
    calling: &'a Calling<'a>,
    archive: Archive<BufReader<File>>,
    source: String,
    operation: String,
    last_entry: Option<i64>,
}

/// Imports an archive, or follows its import; every row is in the ledger then. Whether it was
/// interrupted before that.
///
/// # Errors
/// What stops the whole import.
pub async fn archive(
    calling: &Calling<'_>,
    path: &Path,
    ledger: &mut Ledger,
    told: &mut Told,
) -> Result<bool, Refused> {
    let source = sources::name(path);
    let opened = sources::opened(path).and_then(|archive| Ok((archive, digest(path)?)));
    let (archive, digest) = match opened {
        Ok(opened) => opened,
        Err(refused) => return ledger.note(&whole(source, refused)).map(|()| false),
    };
    let begun = ledger.report.as_ref().and_then(|report| report.begun(&source)).cloned();
    let tries = begun.as_ref().map_or(0, |begun| begun.tries);
    let known = begun.filter(|begun| begun.sha256 == hex(&digest));
    let known = match known {
        Some(begun) => going_on(calling, begun, archive.count().0, ledger.retry_refused).await?,
        None => None,
    };
    let (operation, last_entry) = match known {
        Some(begun) => {
            begun.done.iter().for_each(|outcome| ledger.progress.done_before(*outcome));
            if begun.done.len() >= archive.count().0 {
                return Ok(false);
            }
            (begun.operation, begun.last_entry)
        }
        None => match calling.bring(path, &digest, tries).await {
            Ok(operation) => {
                if let Some(report) = &mut ledger.report {
                    report.begins(&source, &hex(&digest), &operation)?;
                }
                (operation, None)
            }
            Err(refused) if refused.code == Code::Unavailable => return Err(refused),
            Err(refused) => return ledger.note(&whole(source, refused)).map(|()| false),
        },
    };
    let following = Following { calling, archive, source, operation, last_entry };
    following.follow(ledger, told).await
}

/// The operation that an earlier run began, if its rows are still what is asked for.
async fn going_on(
    calling: &Calling<'_>,
    begun: Begun,
    rows: usize,
    retry_refused: bool,
) -> Result<Option<Begun>, Refused> {
    let again = |outcome: &Outcome| match outcome {
        Outcome::Failed => true,
        Outcome::Refused => retry_refused,
        Outcome::Created | Outcome::Revised | Outcome::Unchanged => false,
    };
    if begun.done.len() >= rows {
        return Ok((!begun.done.iter().any(again)).then_some(begun));
    }
    match calling.call(&GetOperationRequest { name: begun.operation.clone() }).await {
        Ok(operation) => Ok(error(&operation).is_none().then_some(begun)),
        Err(refused) if refused.code == Code::NotFound => Ok(None),
        Err(refused) => Err(refused),
    }
}

impl Following<'_> {
    async fn follow(mut self, ledger: &mut Ledger, told: &mut Told) -> Result<bool, Refused> {
        let mut page_token = String::new();
        loop {
            // Asked first: what it had done by then is in the rows.
            let name = self.operation.clone();
            let operation = self.calling.call(&GetOperationRequest { name }).await?;
            let parent = self.operation.clone();
            let asked = ListImportRowsRequest { parent, page_size: PAGE, page_token };
            let page = self.calling.call(&asked).await?;
            for row in page.rows {
                self.note(row, ledger)?;
            }
            if !page.next_page_token.is_empty() {
                page_token = page.next_page_token;
                continue;
            }
            if operation.done {
                return self.end(&operation, ledger).map(|()| false);
            }
            // This page may have more the next time.
            page_token = asked.page_token;
            ledger.progress.line();
            tokio::select! {
                () = tokio::time::sleep(ASK_EVERY) => {}
                () = told.again() => return Ok(true),
            }
        }
    }

    /// Once.
    fn note(&mut self, row: ImportRow, ledger: &mut Ledger) -> Result<(), Refused> {
        if self.last_entry >= Some(row.entry) {
            return Ok(());
        }
        self.last_entry = Some(row.entry);
        let at = usize::try_from(row.entry).ok().and_then(|entry| entry.checked_sub(1));
        let source = match at.map(|at| self.archive.entry(at)) {
            Some(Entry::Document(name)) => format!("{}!{name}", self.source),
            _ => self.source.clone(),
        };
        ledger.note(&Row::of_entry(source, &self.operation, row))
    }

    /// A job that ended before its end is a row of its own, which fails.
    fn end(self, operation: &Operation, ledger: &mut Ledger) -> Result<(), Refused> {
        let Some(message) = error(operation) else { return Ok(()) };
        let told = format!("{}: {message}; the same command begins it again", self.operation);
        ledger.note(&whole(self.source, Refused::new(Code::Aborted, "IMPORT_ENDED", told)))
    }
}

fn error(operation: &Operation) -> Option<&str> {
    match &operation.result {
        Some(operation::Result::Error(status)) => Some(&status.message),
        _ => None,
    }
}

/// What is to be said of a whole archive.
fn whole(source: String, refused: Refused) -> Row {
    Row { source, digest: None, answer: Err(refused), kept: None }
}

/// SHA-256 of a file of any size.
fn digest(path: &Path) -> Result<Digest, Refused> {
    let mut context = Context::new(&SHA256);
    let mut read = || {
        let mut file = File::open(path)?;
        let mut bytes = vec![0; 256 * 1024];
        loop {
            match file.read(&mut bytes)? {
                0 => return Ok::<_, io::Error>(()),
                count => context.update(bytes.get(..count).unwrap_or_default()),
            }
        }
    };
    read().map_err(|e| sources::unreadable(path, &e))?;
    Ok(context.finish().as_ref().try_into().unwrap_or([0; 32]))
}
