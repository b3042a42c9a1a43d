//! The listeners on the wire: toy methods behind the real doors, over loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod callers;
mod drain;
mod health;
mod house;
mod peers;
mod plain;
mod statuses;
mod streams;
