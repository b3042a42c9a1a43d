//! The program `hei-node`: reads its arguments, does what they say, ends with the
//! status that ARCHITECTURE.md lists.

use std::process::ExitCode;

use hei_node::Surroundings;

fn main() -> ExitCode {
    hei_node::run(std::env::args_os(), &Surroundings::real())
}
