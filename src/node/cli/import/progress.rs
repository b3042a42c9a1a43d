//! How far an import is, and what it came to.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::super::said::{Said, shown};
use super::row::{Outcome, Row};
use super::sources::{Sources, name};

/// So many refused rows are shown at the end; the report has all.
const REFUSED_SHOWN_MAX: usize = 5;

/// Counts rows and shows them.
pub struct Progress {
    bar: ProgressBar,
    said: Said,
    /// Each row has its line; the bulk has a bar and a summary.
    each: bool,
    total: usize,
    hidden: usize,
    counts: Counts,
    refused: Vec<String>,
    told: u64,
}

#[derive(Default)]
struct Counts {
    created: u64,
    revised: u64,
    unchanged: u64,
    refused: u64,
    failed: u64,
    done_before: u64,
    refused_before: u64,
}

impl Progress {
    /// For so many rows.
    pub fn new(sources: &Sources, bulk: bool, said: Said) -> Self {
        Self {
            bar: bar(sources.total() as u64, said),
            said,
            each: !bulk,
            total: sources.total(),
            hidden: sources.hidden(),
            counts: Counts::default(),
            refused: Vec::new(),
            told: 0,
        }
    }

    /// A row of this run.
    pub fn row(&mut self, row: &Row) {
        let counts = &mut self.counts;
        match row.outcome() {
            Outcome::Created => counts.created += 1,
            Outcome::Revised => counts.revised += 1,
            Outcome::Unchanged => counts.unchanged += 1,
            Outcome::Refused => counts.refused += 1,
            Outcome::Failed => counts.failed += 1,
        }
        if self.refused.len() < REFUSED_SHOWN_MAX {
            self.refused.extend(row.refusal_text());
        }
        if self.each || self.said.is_json() {
            self.bar.suspend(|| self.show(row));
        }
        self.bar.inc(1);
    }

    fn show(&self, row: &Row) {
        match &row.answer {
            Err(refused) if !self.said.is_json() => {
                self.said.refused_about(&format!("{}: ", shown(&row.source)), refused);
            }
            _ => self.said.result(&row.text(), &row.value()),
        }
    }

    /// A row of an earlier run.
    pub fn done_before(&mut self, outcome: Outcome) {
        self.counts.done_before += 1;
        self.counts.refused_before += u64::from(outcome == Outcome::Refused);
        self.bar.inc(1);
    }

    /// How many rows are behind us.
    pub fn position(&self) -> String {
        format!("{} of {}", self.bar.position(), self.total)
    }

    /// A line for a log, if there is something new.
    pub fn line(&mut self) {
        let at = self.bar.position();
        if self.bar.is_hidden() && !self.each && at != self.told {
            self.told = at;
            let refused = self.counts.refused + self.counts.failed;
            self.said.tell(&format!("{}, {refused} refused", self.position()));
        }
    }

    /// Whether each row is in, those of earlier runs too.
    pub fn all_well(&self) -> bool {
        self.counts.refused + self.counts.failed + self.counts.refused_before == 0
    }

    /// The last thing that is said.
    pub fn summary(&self, report: Option<&Path>, complete: bool) {
        self.bar.finish_and_clear();
        if self.each && !self.said.is_json() {
            return;
        }
        let c = &self.counts;
        let value = json!({"summary": {
            "rows": self.total,
            "created": c.created,
            "revised": c.revised,
            "unchanged": c.unchanged,
            "refused": c.refused,
            "failed": c.failed,
            "doneBefore": c.done_before,
            "refusedBefore": c.refused_before,
            "hidden": self.hidden,
            "seconds": self.bar.elapsed().as_secs_f64(),
            "report": report.map(name),
            "complete": complete,
        }});
        self.said.result(&self.summary_text(report), &value);
    }

    fn summary_text(&self, report: Option<&Path>) -> String {
        let c = &self.counts;
        let seconds = self.bar.elapsed().as_secs();
        let mut lines = vec![format!(
            "{} rows in {seconds} s: {} created, {} revised, {} unchanged, {} refused, {} done before",
            self.position(),
            c.created,
            c.revised,
            c.unchanged,
            c.refused,
            c.done_before
        )];
        if c.failed > 0 {
            lines.push(format!("{} failed; the same command tries them again", c.failed));
        }
        if c.refused_before > 0 {
            let told = "were refused before; --retry-refused tries them again";
            lines.push(format!("{} of those done before {told}", c.refused_before));
        }
        if self.hidden > 0 {
            lines.push(format!("{} hidden files were left out", self.hidden));
        }
        lines.extend(self.refused.iter().map(|row| format!("  {row}")));
        let unsaid = (c.refused + c.failed).saturating_sub(self.refused.len() as u64);
        if unsaid > 0 {
            lines.push(format!("  and {unsaid} more"));
        }
        lines.extend(report.map(|at| format!("every row is in {}", shown(&name(at)))));
        lines.join("\n")
    }
}

fn bar(rows: u64, said: Said) -> ProgressBar {
    if said.is_json() || rows < 2 {
        let hidden = ProgressBar::hidden();
        hidden.set_length(rows);
        return hidden;
    }
    let bar = ProgressBar::new(rows);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {per_sec}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
