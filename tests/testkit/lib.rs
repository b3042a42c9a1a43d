//! What tests stand on: nodes as child processes and a client for them, documents,
//! a proxy that loses things, scratch folders, a private PostgreSQL, and suites that
//! run on both engines. Used from tests only; a failure here fails the test at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

pub mod client;
pub mod counts;
pub mod documents;
pub mod lab;
pub mod letters;
pub mod nodes;
pub mod postgres;
pub mod proxy;
pub mod scratch;
pub mod suite;
pub mod tables;

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
