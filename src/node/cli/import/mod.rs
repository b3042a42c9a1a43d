//! `import transcript`: files and folders row by row, ZIP archives by a job of the node. An
//! import that was ended in the middle goes on where it stood.

mod calling;
mod ended;
mod following;
mod progress;
mod report;
mod row;
mod sources;

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hei_values::{Code, Refused};
use tokio::sync::mpsc;

use super::Ended;
use super::arguments::Import;
use super::ops::Ops;
use super::said::Said;
use crate::Config;
use calling::{Called, Calling};
use ended::Told;
use progress::Progress;
use report::Report;
use row::Row;
use sources::{Item, Sources};

/// Calls in flight where a report is kept: SQLite has one writer, and the documents in
/// flight are all that the command holds of them.
const PARALLEL: usize = 8;
/// How often a log, which has no bar, gets a line.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Imports what the paths hold; a row that is refused does not stop the others.
///
/// # Errors
/// NODE_UNREACHABLE, INTERRUPTED, REPORT_IN_USE, FILE_UNWRITABLE: nothing of what was done
/// until then is lost.
pub async fn run(config: &Config, what: &Import, said: &Said) -> Result<Ended, Refused> {
    let Import::Transcript { paths, purpose, dry_run, report, restart, retry_refused, parallel } =
        what;
    let purpose = super::documents::why(purpose)?;
    let ops = Ops::of(config).await?;
    let place = report.clone().or_else(|| default_report(paths, *dry_run));
    let report = place.map(|at| Report::open(&at, *dry_run, *restart)).transpose()?;
    let mut sources = Sources::of(paths, report.as_ref().map(Report::path));
    let run = report.as_ref().map_or_else(report::fresh_run, |r| Ok(r.run().to_owned()))?;
    let calling = Calling::new(config, ops, purpose, *dry_run, run);
    // Of a few files each has its line, in their order.
    let parallel = parallel.map_or(if report.is_some() { PARALLEL } else { 1 }, usize::from);
    let progress = Progress::new(&sources, report.is_some(), *said);
    let mut ledger = Ledger { report, progress, retry_refused: *retry_refused };
    let archives = sources.take_archives();
    let mut told = Told::listen()?;
    let mut stopped = rows(&calling, sources, parallel, &mut ledger, &mut told).await;
    for path in &archives {
        if stopped.is_ok() {
            stopped = follow(&calling, path, &mut ledger, &mut told).await;
        }
    }
    ledger.progress.summary(ledger.report.as_ref().map(Report::path), stopped.is_ok());
    stopped?;
    Ok(if ledger.progress.all_well() { Ended::Well } else { Ended::NotSo })
}

/// A few files need no report unless one is asked for.
fn default_report(paths: &[PathBuf], dry_run: bool) -> Option<PathBuf> {
    sources::are_many(paths).then(|| report::default_place(paths, dry_run))
}

/// What is known of the rows: those of the report, and those of this run.
struct Ledger {
    report: Option<Report>,
    progress: Progress,
    retry_refused: bool,
}

impl Ledger {
    /// Whether an earlier run has done with this one; it is counted then.
    fn is_done_before(&mut self, item: &Item) -> bool {
        let earlier = self.report.as_ref().and_then(|r| r.earlier(&item.source));
        let outcome = earlier.and_then(|e| e.settles(item.digest, self.retry_refused));
        if let Some(outcome) = outcome {
            self.progress.done_before(outcome);
        }
        outcome.is_some()
    }

    /// How often the source stands in the report.
    fn tries(&self, source: &str) -> u64 {
        self.report.as_ref().and_then(|r| r.earlier(source)).map_or(0, |e| e.tries)
    }

    /// The row is in the report before anybody hears of it.
    fn note(&mut self, row: &Row) -> Result<(), Refused> {
        if let Some(report) = &mut self.report {
            report.add(row)?;
        }
        self.progress.row(row);
        Ok(())
    }
}

/// Reads one document ahead and keeps a bounded number of calls in flight.
async fn rows(
    calling: &Calling<'_>,
    sources: Sources,
    parallel: usize,
    ledger: &mut Ledger,
    told: &mut Told,
) -> Result<(), Refused> {
    let mut lines = tokio::time::interval(LINE_EVERY);
    let (give, mut items) = mpsc::channel(1);
    let reading =
        tokio::task::spawn_blocking(move || sources.read(|item| give.blocking_send(item).is_ok()));
    let mut flight = FuturesUnordered::new();
    let (mut more, mut interrupted) = (true, false);
    while more || !flight.is_empty() {
        tokio::select! {
            Some(called) = flight.next() => match called {
                Called::Answered(row) => ledger.note(&row)?,
                Called::Gone(refused) => return Err(goes_on(&refused, ledger)),
            },
            item = items.recv(), if more && flight.len() < parallel => match item {
                Some(item) if ledger.is_done_before(&item) => {}
                Some(item) => {
                    let tries = ledger.tries(&item.source);
                    flight.push(calling.import(item, tries));
                }
                None => more = false,
            },
            _ = lines.tick() => ledger.progress.line(),
            () = told.again() => {
                // The second time it means at once.
                if interrupted { break }
                (more, interrupted) = (false, true);
                items.close();
            }
        }
    }
    // A reader that waits for room ends with the channel.
    drop(items);
    reading.await.map_err(|e| Refused::internal(format!("reading broke: {e}")))?;
    if interrupted { Err(interruption(ledger)) } else { Ok(()) }
}

/// An archive, whose job goes on without the command.
async fn follow(
    calling: &Calling<'_>,
    path: &Path,
    ledger: &mut Ledger,
    told: &mut Told,
) -> Result<(), Refused> {
    match following::archive(calling, path, ledger, told).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(interruption(ledger)),
        Err(refused) => Err(goes_on(&refused, ledger)),
    }
}

fn interruption(ledger: &Ledger) -> Refused {
    let told = format!("ended before its time: {}", how_to_go_on(ledger));
    Refused::new(Code::Unavailable, "INTERRUPTED", told)
}

fn goes_on(refused: &Refused, ledger: &Ledger) -> Refused {
    let told = format!("{}; {}", refused.message, how_to_go_on(ledger));
    Refused::new(Code::Unavailable, refused.reason, told)
}

fn how_to_go_on(ledger: &Ledger) -> String {
    let done = ledger.progress.position();
    format!("{done} are done; the same command goes on from there, and imports nothing twice")
}
