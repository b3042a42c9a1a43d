//! Why a connection was not opened, or its answer not taken.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hei_values::{Code, Violation};

/// Why nothing was fetched. Names and texts of others are quoted, since they reach logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Another scheme, or none.
    NotHttps { scheme: String },
    /// A host or URL in a form that is not accepted.
    HostRefused { host: String, why: &'static str },
    /// An address out of bounds that `outbound.allow` does not list.
    AddressRefused { host: String, addr: IpAddr, kind: &'static str },
    /// The name has no address.
    Resolve { host: String, told: String },
    /// Nobody listens, or the network is away.
    Connect { host: String, addr: SocketAddr, told: String },
    /// The deadline passed first.
    Timeout { host: String, after: Duration },
    /// The body is larger than the caller takes.
    TooLarge { host: String, limit: usize },
    /// An answer other than 2xx.
    Status { host: String, status: u16 },
    /// An answer that points elsewhere, which is not followed.
    Redirected { host: String, status: u16 },
    /// The certificate or handshake is not accepted.
    Tls { host: String, told: String },
    /// What came back is not HTTP/1.1, or broke off.
    Http { host: String, told: String },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttps { scheme } => {
                write!(
                    f,
                    "only https:// URLs are fetched, not {scheme:?}, and no setting allows it"
                )
            }
            Self::HostRefused { host, why } => write!(f, "host {host:?} is refused: {why}"),
            Self::AddressRefused { host, addr, kind } => write!(
                f,
                "{host:?} leads to {addr}, {kind}: if that is meant, list the host or a network \
                 under outbound.allow"
            ),
            Self::Resolve { host, told } => {
                write!(f, "{host:?} has no address ({told}): outbound.resolve can say where it is")
            }
            Self::Connect { host, addr, told } => {
                write!(f, "{host:?} cannot be reached at {addr}: {told}")
            }
            Self::Timeout { host, after } => write!(f, "{host:?} did not answer in {after:?}"),
            Self::TooLarge { host, limit } => {
                write!(f, "the answer of {host:?} is larger than {limit} bytes")
            }
            Self::Status { host, status } => write!(f, "{host:?} answered with status {status}"),
            Self::Redirected { host, status } => write!(
                f,
                "{host:?} points elsewhere (status {status}), which is not followed: give the \
                 final address"
            ),
            Self::Tls { host, told } => write!(f, "no secure channel to {host:?}: {told}"),
            Self::Http { host, told } => write!(f, "the answer of {host:?} cannot be read: {told}"),
        }
    }
}

impl std::error::Error for Refused {}

/// A URL that can never be fetched is the caller's fault; for all else the other
/// side is out of reach now, and another try may find it (a setting changed
/// meanwhile, too: a queue that waits must not die of a forgotten `outbound.allow`).
impl From<Refused> for hei_values::Refused {
    fn from(why: Refused) -> Self {
        let told = why.to_string();
        match why {
            Refused::NotHttps { .. } | Refused::HostRefused { .. } => {
                Violation::new("url", "BAD_IDENTIFIER", told).into()
            }
            _ => Self::new(Code::Unavailable, "PEER_UNREACHABLE", told),
        }
    }
}
