//! What a run has found out, for people and for programs.

use std::fmt::Write as _;

use crate::verdict::Verdict;

/// One scenario or one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The requirements that it is about.
    pub ids: Vec<String>,
    /// What it is.
    pub name: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why, where that is not plain.
    pub told: String,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each requirement that was asked for.
    pub requirements: Vec<Line>,
    /// Each scenario that was run.
    pub scenarios: Vec<Line>,
}

impl Line {
    /// For people: one line.
    pub fn text(&self) -> String {
        let why = if self.told.is_empty() { String::new() } else { format!(": {}", self.told) };
        format!("{:5} {} {}{why}", self.verdict.name(), self.ids.join(" "), self.name)
    }

    /// For people: a requirement, without its words where there is nothing to say of it.
    pub fn brief(&self) -> String {
        match self.verdict {
            Verdict::Omit | Verdict::Skip => {
                format!("{:5} {} {}", self.verdict.name(), self.ids.join(" "), self.told)
            }
            _ => self.text(),
        }
    }
}

impl Report {
    /// Whether nothing failed and everything could be found out.
    pub fn is_good(&self) -> bool {
        let all = self.requirements.iter().chain(&self.scenarios);
        !all.map(|line| line.verdict).any(|v| matches!(v, Verdict::Fail | Verdict::Error))
    }

    /// How many requirements have each verdict.
    pub fn totals(&self) -> String {
        let mut told = String::new();
        for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Skip, Verdict::Omit, Verdict::Error]
        {
            let count = self.requirements.iter().filter(|line| line.verdict == verdict).count();
            let comma = if told.is_empty() { "" } else { ", " };
            // Writing into a string cannot fail.
            let _ = write!(told, "{comma}{count} {}", verdict.name());
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: Verdict) -> Report {
        let line = Line {
            ids: vec!["X-01".to_owned()],
            name: "a".to_owned(),
            verdict,
            told: "b".to_owned(),
        };
        Report { requirements: vec![line.clone()], scenarios: vec![line] }
    }

    #[test]
    fn a_failure_or_an_error_spoils_a_run_and_an_omission_does_not() {
        assert!(report(Verdict::Omit).is_good() && report(Verdict::Skip).is_good());
        assert!(!report(Verdict::Fail).is_good() && !report(Verdict::Error).is_good());
        assert_eq!(report(Verdict::Fail).totals(), "0 pass, 1 fail, 0 skip, 0 omit, 0 error");
    }
}
