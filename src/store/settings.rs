//! Which database, as the configuration says it.

use std::fmt;

use serde::Deserialize;

/// The section `[database]`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// "sqlite:" and a path, or "postgres://user@host/name".
    pub url: String,
    /// Connections that read at the same time (SQLite) or in all (PostgreSQL).
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { url: "sqlite:node.db".to_owned(), connections: 8 }
    }
}

/// Without the address: it may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        f.debug_struct("Settings")
            .field("url", &format_args!("{scheme}:…"))
            .field("connections", &self.connections)
            .finish()
    }
}
