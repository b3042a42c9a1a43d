//! What the node costs, each measurement beside its floor of the same run: the least that
//! its task can cost on this machine. A bench and no test: it prints whether an aim is met
//! and ends well on a slow machine too.
//!
//!     cargo bench                               everything, as a table
//!     cargo bench -- get-transcript --json      one measurement, one JSON object a line
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod echo;
mod edc_read;
mod elmo;
mod elmo_import;
mod figures;
mod get_descriptor;
mod get_transcript;
mod idle_memory;
mod load;
mod partner;
mod place;
mod processes;
mod start_up;

use clap::{Parser, ValueEnum};

use figures::Report;

/// The program that is measured, in the same profile as this one.
const PROGRAM: &str = env!("CARGO_BIN_EXE_hei-node");

#[derive(Parser)]
#[command(name = "cargo bench --")]
struct Arguments {
    /// Only this measurement.
    name: Option<Measurement>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// How long each of node and floor is loaded in a round. Processor time comes in
    /// hundredths of a second, so much less than one says little.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How often node and floor take turns.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(flatten)]
    echo: echo::Arguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measurement {
    GetDescriptor,
    GetTranscript,
    ElmoImport,
    EdcRead,
    StartUp,
    IdleMemory,
}

/// How long and how often.
#[derive(Clone, Copy)]
struct Plan {
    seconds: f64,
    rounds: usize,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    if let Some(answer_bytes) = arguments.echo.echo_bytes {
        return echo::serve(answer_bytes, arguments.echo.echo_keys.as_deref()).await;
    }
    let plan = Plan { seconds: arguments.seconds, rounds: arguments.rounds.max(1) };
    let mut report = Report::new(arguments.json);
    report.head(plan);
    for measurement in Measurement::value_variants() {
        if arguments.name.is_none_or(|only| only == *measurement) {
            report.begin(measurement.to_possible_value().unwrap().get_name());
            measure(*measurement, plan, &report).await;
        }
    }
}

async fn measure(measurement: Measurement, plan: Plan, report: &Report) {
    match measurement {
        Measurement::GetDescriptor => get_descriptor::measure(plan, report).await,
        Measurement::GetTranscript => get_transcript::measure(plan, report).await,
        Measurement::ElmoImport => elmo_import::measure(plan, report).await,
        Measurement::EdcRead => edc_read::measure(plan, report),
        Measurement::StartUp => start_up::measure(plan, report),
        Measurement::IdleMemory => idle_memory::measure(plan, report).await,
    }
}
