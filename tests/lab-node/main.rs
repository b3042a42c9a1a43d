//! The program `hei-lab-node`: hei-node as it is, in a world that its tests make. With
//! `serve --until-stdin-closes` it obeys commands on standard input (README.md).

mod clock;
mod control;
mod counts;
mod faults;
mod letters;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use hei_node::{Config, Surroundings};

use clock::SetClock;
use control::Control;
use faults::Switchboard;

/// Who serves with this has the node's standard input, and here that is the control.
const UNTIL_STDIN_CLOSES: &str = "--until-stdin-closes";

fn main() -> ExitCode {
    let clock = Arc::new(SetClock::new(Surroundings::real().clock));
    let faults = Arc::new(Switchboard::default());
    let (told, arguments): (Vec<_>, Vec<OsString>) =
        std::env::args_os().partition(|argument| argument == UNTIL_STDIN_CLOSES);
    if !told.is_empty() {
        let control = Control { clock: clock.clone(), faults: faults.clone() };
        std::thread::spawn(move || control.obey());
    }
    let use_cases = |config: &Config| {
        let mut all = hei_node::use_cases(config);
        all.push(letters::use_case());
        all.push(counts::use_case());
        all
    };
    hei_node::run(arguments.into_iter(), &Surroundings { clock, faults, use_cases })
}
