//! `conformance run`: the scenarios of the use cases against a node, which may be any node.

use std::collections::BTreeMap;
use std::path::Path;

use hei_conformance::{Line, Report, Setup};
use hei_values::{Code, Refused};
use serde_json::{Value, json};

use super::Ended;
use super::arguments::{ConformanceCommand, ConformanceOptions, ReportFormat};
use super::said::Said;

/// The roles that a token can be for.
const ROLES: [&str; 6] =
    ["sis", "registrar", "catalogue_editor", "trust_officer", "learner", "operator"];

/// Runs what is asked for.
///
/// # Errors
/// USAGE, FILE_UNREADABLE, TARGET_UNREACHABLE.
pub async fn run(command: &ConformanceCommand, said: &Said) -> Result<Ended, Refused> {
    let ConformanceCommand::Run(options) = command;
    let voice = Said::new(said.is_json() || options.format == ReportFormat::Jsonl);
    let setup = setup(options)?;
    let scenario = |line: &Line| voice.result(&line.text(), &object("scenario", line));
    let report = hei_conformance::run(setup, scenario).await;
    let report =
        report.map_err(|told| Refused::new(Code::Unavailable, "TARGET_UNREACHABLE", told))?;
    tell(&report, voice);
    Ok(if report.is_good() { Ended::Well } else { Ended::NotSo })
}

fn tell(report: &Report, voice: Said) {
    voice.tell("");
    for line in &report.requirements {
        voice.result(&line.brief(), &object("requirement", line));
    }
    voice.tell(&format!("\n{} requirements: {}", report.requirements.len(), report.totals()));
}

fn object(what: &str, line: &Line) -> Value {
    let Line { ids, name, verdict, told } = line;
    json!({"what": what, "ids": ids, "name": name, "verdict": verdict.name(), "told": told})
}

fn setup(options: &ConformanceOptions) -> Result<Setup, Refused> {
    Ok(Setup {
        target: options.target.clone(),
        public: options.public.clone(),
        ops: options.ops.clone(),
        tokens: tokens(&options.tokens)?,
        listen: options.listen,
        use_cases: options.use_case.clone(),
    })
}

/// A file of lines such as `registrar = "token"`.
fn tokens(file: &Path) -> Result<BTreeMap<String, String>, Refused> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let told = format!("cannot read {}: {error}", file.display());
        Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
    })?;
    let usage = |told: String| {
        Refused::new(Code::InvalidArgument, "USAGE", format!("{}: {told}", file.display()))
    };
    let tokens: BTreeMap<String, String> =
        toml::from_str(&text).map_err(|error| usage(error.message().to_owned()))?;
    match tokens.keys().find(|role| !ROLES.contains(&role.as_str())) {
        Some(strange) => Err(usage(format!("{strange} is no role: {}", ROLES.join(", ")))),
        None => Ok(tokens),
    }
}
