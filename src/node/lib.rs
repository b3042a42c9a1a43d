//! The composition root: the list of use cases, the one clock, and the program.
//! Nothing here decides anything about learners, records or peers.

mod cli;
mod clock;
pub mod config;
mod operator;
mod serve;
mod surroundings;

use std::ffi::OsString;
use std::process::ExitCode;

use hei_use_case::UseCase;

pub use config::Config;
pub use serve::migrations;
pub use surroundings::Surroundings;

/// The use cases of the node. Adding one is one line here.
pub fn use_cases(config: &Config) -> Vec<UseCase> {
    vec![operator::use_case(), hei_uc6_credentials::use_case(&config.credentials, &config.issuer())]
}

/// Runs the program.
pub fn run(arguments: impl Iterator<Item = OsString>, surroundings: &Surroundings) -> ExitCode {
    cli::run(arguments, surroundings)
}
