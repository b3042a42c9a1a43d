//! `[outbound]` of the configuration: what the operator lets through. Both keys
//! are empty by default; a demo on one machine needs both.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use crate::network::Network;
use crate::target::{Host, Target};

/// What the operator lets through.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What may be reached though its address is loopback, private or otherwise
    /// out of bounds: "host", "host:port", "10.1.0.0/16", "127.0.0.1:8443".
    pub allow: Vec<Allowed>,
    /// Where a host is, for names that no name server knows. It says where, not
    /// whether: an address out of bounds still needs `allow`.
    pub resolve: BTreeMap<Place, SocketAddr>,
}

/// One entry of `outbound.allow`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Allowed(Rule);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Every address that this host has.
    Host(Place),
    /// Every host in this network, at every port or at one.
    Network { network: Network, port: Option<u16> },
}

/// A host by name, at every port or at one; a key of `outbound.resolve`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    name: String,
    port: Option<u16>,
}

impl Settings {
    /// Where the operator says that the target is; its port counts more than its name alone.
    pub(crate) fn place_of(&self, target: &Target) -> Option<SocketAddr> {
        let Host::Name(name) = &target.host else { return None };
        let at = |port| self.resolve.get(&Place { name: name.clone(), port }).copied();
        at(Some(target.port)).or_else(|| at(None))
    }

    /// Whether the operator lets this target be reached at this address, whatever kind it is.
    pub(crate) fn allows(&self, target: &Target, address: SocketAddr) -> bool {
        self.allow.iter().any(|Allowed(rule)| match rule {
            Rule::Host(place) => place.is(target),
            Rule::Network { network, port } => {
                network.contains(address.ip()) && port.is_none_or(|p| p == address.port())
            }
        })
    }
}

impl Place {
    fn is(&self, target: &Target) -> bool {
        matches!(&target.host, Host::Name(name) if *name == self.name)
            && self.port.is_none_or(|port| port == target.port)
    }
}

impl TryFrom<String> for Allowed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(network) = Network::read(&text) {
            return Ok(Self(Rule::Network { network, port: None }));
        }
        match host_and_port(&text) {
            Some((Host::Address(address), port)) => {
                Ok(Self(Rule::Network { network: Network::only(address), port }))
            }
            Some((Host::Name(name), port)) => Ok(Self(Rule::Host(Place { name, port }))),
            None => Err(format!(
                "{text:?} is no host, \"host:port\" or network such as \"10.1.0.0/16\""
            )),
        }
    }
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match host_and_port(&text) {
            Some((Host::Name(name), port)) => Ok(Self { name, port }),
            _ => Err(format!("{text:?} is no host name or \"name:port\"")),
        }
    }
}

fn host_and_port(text: &str) -> Option<(Host, Option<u16>)> {
    let bare: Option<IpAddr> = text.parse().ok();
    if let Some(address) = bare {
        return Some((Host::Address(address), None));
    }
    if let Ok(target) = Target::of_host_port(text) {
        return Some((target.host, Some(target.port)));
    }
    Host::read(text).ok().map(|host| (host, None))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings(text: &str) -> Result<Settings, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn an_entry_of_allow_reaches_as_far_as_it_says_and_no_further() {
        let allowed = |entry: &str, target: &str, address: &str| {
            let target = Target::of_host_port(target).unwrap();
            settings(&format!("allow = [{entry:?}]"))
                .unwrap()
                .allows(&target, address.parse().unwrap())
        };
        assert!(allowed("Uni-A.example", "uni-a.example:443", "127.0.0.1:9"));
        assert!(!allowed("uni-a.example", "x.uni-a.example:443", "127.0.0.1:9"));
        assert!(allowed("uni-a.example:444", "uni-a.example:444", "127.0.0.1:9"));
        assert!(!allowed("uni-a.example:444", "uni-a.example:443", "127.0.0.1:444"));
        assert!(allowed("127.0.0.0/8", "x.example:443", "127.9.9.9:9"));
        assert!(!allowed("127.0.0.0/8", "x.example:443", "10.0.0.1:9"));
        assert!(!allowed("127.0.0.1", "x.example:443", "[::ffff:127.0.0.1]:9"));
        assert!(allowed("127.0.0.1:9", "x.example:443", "127.0.0.1:9"));
        assert!(!allowed("127.0.0.1:9", "x.example:9", "127.0.0.1:10"));
        assert!(allowed("[::1]:9", "x.example:443", "[::1]:9"));
        assert!(allowed("::1", "x.example:443", "[::1]:10"));
    }

    #[test]
    fn a_name_is_placed_by_its_port_before_its_name_alone() {
        let text = "resolve = { 'a.example' = '127.0.0.1:1', 'a.example:2' = '127.0.0.1:3' }";
        let read = settings(text).unwrap();
        let place = |t: &str| read.place_of(&Target::of_host_port(t).unwrap()).map(|a| a.port());
        assert_eq!(place("a.example:2"), Some(3));
        assert_eq!(place("a.example:443"), Some(1));
        assert_eq!(place("b.example:443"), None);
    }

    #[test]
    fn an_entry_that_cannot_be_read_and_an_unknown_key_stop_the_start() {
        for bad in [
            "allow = ['10.0.0.0/40']",
            "allow = ['https://a.example']",
            "allow = ['*']",
            "resolve = { '127.0.0.1' = '127.0.0.1:1' }",
            "resolve = { 'a.example' = '127.0.0.1' }",
            "proxy = 'a.example:3128'",
        ] {
            assert!(settings(bad).is_err(), "{bad}");
        }
    }
}
