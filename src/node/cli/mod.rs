//! The command line (ARCHITECTURE.md): arguments, output, exit status.

mod arguments;
mod check;
mod conformance;
mod demo;
mod documents;
mod import;
mod inspect;
mod jobs;
mod line;
mod messages;
mod migrate;
mod ops;
mod peers;
mod said;
mod serving;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use hei_values::{Code, Refused};

use crate::Surroundings;
use arguments::{Arguments, Command};
use said::Said;

/// How a command ended.
pub enum Ended {
    /// Done.
    Well,
    /// The thing asked about is not so.
    NotSo,
}

/// Runs the command that the arguments name.
pub fn run(arguments: impl Iterator<Item = OsString>, surroundings: &Surroundings) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(usage) => return usage_status(&usage),
    };
    let said = Said::new(arguments.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(dispatch(&arguments, &said, surroundings));
            // A thread that reads standard input would keep the process from ending.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(Refused::internal(format!("no runtime: {error}"))),
    };
    match ended {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::NotSo) => ExitCode::from(1),
        Err(refused) => {
            said.refused(&refused);
            ExitCode::from(status(&arguments.command, &refused))
        }
    }
}

fn usage_status(usage: &clap::Error) -> ExitCode {
    // Nothing is left to do if even this cannot be written.
    let _ = usage.print();
    let asked = matches!(
        usage.kind(),
        clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion
    );
    ExitCode::from(if asked { 0 } else { 2 })
}

/// 1: the node answered that it is not so; 2: wrong usage; 3: it could not run.
fn status(command: &Command, refused: &Refused) -> u8 {
    match (refused.code, refused.reason) {
        (_, "USAGE") => 2,
        _ if matches!(command, Command::Serve(_) | Command::Migrate | Command::Demo(_)) => 3,
        (Code::Internal | Code::Unavailable | Code::DeadlineExceeded, _) => 3,
        (_, "CONFIG_INVALID" | "FILE_UNREADABLE" | "FILE_UNWRITABLE") => 3,
        _ => 1,
    }
}

async fn dispatch(
    arguments: &Arguments,
    said: &Said,
    surroundings: &Surroundings,
) -> Result<Ended, Refused> {
    let config = || crate::Config::load(arguments.config.as_deref());
    match &arguments.command {
        Command::Serve(options) => serving::run(config()?, options, said, surroundings).await,
        Command::Demo(options) => demo::run(options, said).await,
        Command::Migrate => migrate::run(&config()?, said, surroundings).await,
        Command::Config { command } => check::run(command, arguments.config.as_deref(), said),
        Command::Conformance { command } => conformance::run(command, said).await,
        Command::Peer { command } => peers::run(&config()?, command, said).await,
        Command::Message { command } => messages::run(&config()?, command, said).await,
        Command::Jobs { command } => jobs::run(&config()?, command, said).await,
        Command::Inspect { file } => inspect::run(&config()?, file, said),
        Command::Import { what } => import::run(&config()?, what, said).await,
        Command::Export { what } => documents::export(&config()?, what, said).await,
        Command::Send { what } => documents::send(&config()?, what, said).await,
    }
}
