//! Real node processes on loopback: journeys of several nodes, and what one node
//! shows on the wire. Each test has nodes, folders and ports of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod access;
mod alliance;
mod blobs;
mod bulk;
mod changes;
mod contract;
mod delivery;
mod faults;
mod import;
mod operations;
mod partner;
mod process;
mod processes;
mod rights;
mod scoping;
mod upgrade;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_hei-node");
