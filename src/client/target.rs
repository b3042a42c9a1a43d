//! Where a connection is to go, read strictly. Every lenient form in which URLs
//! and addresses can be written (octal, decimal, short, percent-encoded, full
//! width) has led some guard astray, so there is one form and no other.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::uri::PathAndQuery;

use crate::Refused;
use crate::limits::{HOST_BYTES_MAX, URL_BYTES_MAX};

const HTTPS: u16 = 443;

/// A host by name or by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A domain name, in lower case.
    Name(String),
    /// An address in its usual form.
    Address(IpAddr),
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub host: Host,
    pub port: u16,
}

impl Target {
    /// Reads an https URL into its target and what is asked there.
    ///
    /// # Errors
    /// `NotHttps` or `HostRefused`.
    pub fn of_url(url: &str) -> Result<(Self, PathAndQuery), Refused> {
        if url.len() > URL_BYTES_MAX {
            return Err(refused("", "a URL of more than 2048 bytes is not followed"));
        }
        // Space, control and non-ASCII characters are read differently by every parser.
        if !url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(refused(url, "a URL has printable ASCII only (xn-- for other letters)"));
        }
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(Refused::NotHttps { scheme: head(url, ':').to_owned() });
        };
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(Refused::NotHttps { scheme: scheme.to_owned() });
        }
        if rest.contains('#') {
            return Err(refused(head(rest, '#'), "a URL to fetch has no fragment"));
        }
        let cut = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let asked = path.parse().map_err(|_| refused(authority, "its path cannot be read"))?;
        Ok((Self::read(authority, Some(HTTPS))?, asked))
    }

    /// Reads "host:port".
    ///
    /// # Errors
    /// `HostRefused`.
    pub fn of_host_port(text: &str) -> Result<Self, Refused> {
        Self::read(text, None)
    }

    /// As the Host header has it: the usual port is not named (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        if self.port == HTTPS { self.host.to_string() } else { self.to_string() }
    }

    fn read(authority: &str, usual_port: Option<u16>) -> Result<Self, Refused> {
        if authority.contains('@') {
            // What stands before the sign may be a password: it is not repeated.
            return Err(refused("", "a user name or password in a URL is not accepted"));
        }
        let (host, port) = split(authority)?;
        let port = match port {
            Some(digits) => Some(read_port(digits).ok_or_else(|| refused(authority, "bad port"))?),
            None => usual_port,
        };
        let port = port.ok_or_else(|| refused(authority, "a port is needed, as in host:443"))?;
        Ok(Self { host: Host::read(host)?, port })
    }
}

impl Host {
    /// Reads a name or an address; an IPv6 address stands in brackets.
    ///
    /// # Errors
    /// `HostRefused`.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        if let Some(inside) = inside {
            let address = inside.parse::<Ipv6Addr>();
            return address
                .map(|a| Self::Address(a.into()))
                .map_err(|_| refused(text, "no IPv6 address stands in the brackets"));
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Address(address.into()));
        }
        if !is_name(text) {
            return Err(refused(text, "neither a domain name nor an address in its usual form"));
        }
        Ok(Self::Name(text.to_ascii_lowercase()))
    }
}

/// Splits before the port; the colons of an IPv6 address stand in brackets.
fn split(authority: &str) -> Result<(&str, Option<&str>), Refused> {
    let after_host = authority.rfind(']').map_or(0, |at| at.saturating_add(1));
    let rest = authority.get(after_host..).unwrap_or_default();
    let Some((before, port)) = rest.split_once(':') else { return Ok((authority, None)) };
    let host_bytes = after_host.saturating_add(before.len());
    Ok((authority.get(..host_bytes).unwrap_or_default(), Some(port)))
}

/// `str::parse` would take "+443" as well.
fn read_port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port != 0)
}

/// Letters, digits and hyphens (RFC 1123 §2.1). The last label starts with a
/// letter, as every top-level domain does: else a resolver takes "2130706433",
/// "0x7f.1" or "127.1" for an address.
fn is_name(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= HOST_BYTES_MAX
        && text.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn head(text: &str, end: char) -> &str {
    text.split(end).next().unwrap_or_default()
}

fn refused(host: &str, why: &'static str) -> Refused {
    Refused::HostRefused { host: host.to_owned(), why }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
