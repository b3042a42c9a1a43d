//! What an operator may set of the listeners. Everything stays on loopback until
//! the configuration says otherwise.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use crate::limits;

/// The four listeners and their limits.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Systems and staff of the institution.
    pub campus: Campus,
    /// The nodes of partners.
    pub peer: Peer,
    /// Everybody.
    pub public: Public,
    /// Who runs the node.
    pub ops: Ops,
    /// Maxima of all listeners.
    pub limits: Limits,
}

/// The listener for the systems and the staff of the institution.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campus {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// Its certificate; required off loopback.
    pub tls: Option<Tls>,
    /// Who may call.
    pub client: Vec<Client>,
}

/// A system or person that may call the campus listener.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Client {
    /// Its name in logs and page tokens.
    pub name: String,
    /// SHA-256 of its bearer token, in hex.
    pub token_sha256: Option<String>,
    /// SHA-256 of its TLS certificate (DER), in hex.
    pub certificate_sha256: Option<String>,
    /// What it may be: "sis", "registrar", "catalogue_editor", "trust_officer", "learner".
    pub roles: Vec<String>,
    /// The learner that a client of role learner is.
    pub learner: Option<Learner>,
}

/// An identifier of a learner.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learner {
    /// The kind of identifier: "esi", "local".
    pub scheme: String,
    /// The identifier.
    pub value: String,
}

/// A certificate chain and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The private key; a file that only its owner may read.
    pub key: PathBuf,
}

/// The listener for the nodes of partners.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
}

/// The listener for everybody.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Public {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its certificate; without one it has the certificate that the node made itself.
    pub tls: Option<Tls>,
}

/// The listener for who runs the node; never off loopback.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ops {
    /// Where it listens.
    pub address: SocketAddr,
}

/// Maxima of each listener; the reasons of their defaults stand in `limits.rs`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Calls at once on one listener.
    pub calls_max: usize,
    /// Connections of one listener.
    pub connections_max: usize,
    /// The time until the head of an answer.
    pub call_ms_max: u64,
    /// The time that calls in flight have on shutdown.
    pub drain_seconds: u64,
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Default for Campus {
    fn default() -> Self {
        Self { address: loopback(8401), tls: None, client: Vec::new() }
    }
}

impl Default for Peer {
    fn default() -> Self {
        Self { address: loopback(8402) }
    }
}

impl Default for Public {
    fn default() -> Self {
        Self { address: loopback(8403), tls: None }
    }
}

impl Default for Ops {
    fn default() -> Self {
        Self { address: loopback(8404) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_max: limits::CALLS_MAX,
            connections_max: limits::CONNECTIONS_MAX,
            call_ms_max: limits::CALL_MS_MAX,
            drain_seconds: limits::DRAIN_SECONDS,
        }
    }
}
