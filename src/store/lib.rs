//! The database of the node: the one way to write, the one place where database
//! errors become refusals, and what all use cases keep in it (the institution,
//! answers to repeated requests, persons and their keys, blobs, the feed of changes). Knows SQLite and
//! PostgreSQL; does not know any use case, message or peer.

pub mod blobs;
mod conn;
mod engine;
mod failed;
pub mod feed;
pub mod idempotency;
pub mod institution;
pub mod jobs;
mod limits;
mod migrate;
mod migrations;
pub mod page;
pub mod schema;
mod settings;
mod store;
pub mod subjects;
mod task;
mod transact;

pub use conn::Conn;
pub use engine::Engine;
pub use failed::{Failed, refused};
pub use migrate::{Migrated, Pending};
pub use migrations::migrations;
pub use settings::Settings;
pub use store::Store;
