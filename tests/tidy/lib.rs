//! tidy: what the compiler cannot see of the shape of the code. Each module holds one rule as a function
//! from a text to its breaches, the test that holds the tree to it, and a test that shows that it can fail.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod configuration;
mod contract;
mod copies;
mod crates;
mod features;
mod graph;
mod licences;
mod metadata;
mod migrations;
mod persons;
mod requirements;
mod rows;
mod scoping;
mod sizes;
mod tree;
mod words;

/// Fails with every breach at once.
#[track_caller]
fn assert_none(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}
