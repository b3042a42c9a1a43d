//! What comes in: four listeners, who calls, the routes of methods, and an answer
//! with a reason for every call that is not OK. Knows no handler and no use case;
//! a method is a path and a function over bytes.

mod answer;
mod clients;
mod connection;
mod door;
mod limits;
mod listeners;
mod metrics;
mod panics;
mod peer;
mod plain;
mod record;
mod refusals;
mod routes;
mod rpc;
pub mod settings;
mod status;
mod tls;
mod whole;

pub use clients::Digest;
pub use listeners::{Addresses, Drained, Listeners, Server};
pub use metrics::Metrics;
pub use panics::log_panics;
pub use peer::Partners;
pub use plain::Description;
pub use rpc::{Messages, Serve};
pub use settings::Settings;
pub use status::{DOMAIN, encoded};
pub use tls::Certified;
