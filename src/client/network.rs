//! Address ranges, and those that no fetch may reach unless the operator says so:
//! the IANA special-purpose registries (RFC 6890), and IPv6 forms that carry an
//! IPv4 address inside, since a translator would open them behind our back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

/// Ranges out of bounds, the narrower before the wider, each with its name for people.
const OUT_OF_BOUNDS: &[(Network, &str)] = &[
    (v4([0, 0, 0, 0], 8), "an unspecified address"),
    (v4([10, 0, 0, 0], 8), "a private address"),
    (v4([100, 64, 0, 0], 10), "a carrier-grade NAT address"),
    (v4([127, 0, 0, 0], 8), "a loopback address"),
    (v4([169, 254, 0, 0], 16), "a link-local address"),
    (v4([172, 16, 0, 0], 12), "a private address"),
    (v4([192, 0, 0, 0], 24), "a protocol assignment"),
    (v4([192, 0, 2, 0], 24), "a documentation address"),
    (v4([192, 88, 99, 0], 24), "a 6to4 relay"),
    (v4([192, 168, 0, 0], 16), "a private address"),
    (v4([198, 18, 0, 0], 15), "a benchmark address"),
    (v4([198, 51, 100, 0], 24), "a documentation address"),
    (v4([203, 0, 113, 0], 24), "a documentation address"),
    (v4([224, 0, 0, 0], 4), "a multicast address"),
    (v4([240, 0, 0, 0], 4), "a reserved or broadcast address"),
    (v6([0, 0, 0, 0], 128), "an unspecified address"),
    (Network { address: IpAddr::V6(Ipv6Addr::LOCALHOST), prefix_bits: 128 }, "a loopback address"),
    (v6([0, 0, 0, 0], 96), "an IPv4-compatible address"),
    (MAPPED, "an IPv4-mapped address"),
    (v6([0x64, 0xff9b, 0, 0], 96), "a NAT64 address"),
    (v6([0x64, 0xff9b, 1, 0], 48), "a NAT64 address"),
    (v6([0x100, 0, 0, 0], 64), "a discard address"),
    // Teredo, benchmark, ORCHID: all of 2001::/23 is for protocols, not for hosts.
    (v6([0x2001, 0, 0, 0], 23), "a protocol assignment"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "a documentation address"),
    (v6([0x2002, 0, 0, 0], 16), "a 6to4 address"),
    (v6([0x3fff, 0, 0, 0], 20), "a documentation address"),
    (v6([0xfc00, 0, 0, 0], 7), "a unique local address"),
    (v6([0xfe80, 0, 0, 0], 10), "a link-local address"),
    (v6([0xfec0, 0, 0, 0], 10), "a site-local address"),
    (v6([0xff00, 0, 0, 0], 8), "a multicast address"),
];

/// `::ffff:0:0/96`.
const MAPPED: Network =
    Network { address: IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0)), prefix_bits: 96 };

/// What IANA gives to hosts of the Internet; the rest of IPv6 belongs to nobody yet.
const GLOBAL_V6: Network = v6([0x2000, 0, 0, 0], 3);

const fn v4(octets: [u8; 4], prefix_bits: u32) -> Network {
    let [a, b, c, d] = octets;
    Network { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix_bits }
}

const fn v6(first_half: [u16; 4], prefix_bits: u32) -> Network {
    let [a, b, c, d] = first_half;
    Network { address: IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)), prefix_bits }
}

impl Network {
    /// The network of this one address.
    pub fn only(address: IpAddr) -> Self {
        Self { address, prefix_bits: width(address) }
    }

    /// Reads "10.1.0.0/16"; an address alone is the network of that address.
    pub fn read(text: &str) -> Option<Self> {
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse().ok().map(Self::only);
        };
        let address: IpAddr = address.parse().ok()?;
        let prefix_bits = prefix.parse().ok()?;
        (prefix_bits <= width(address)).then_some(Self { address, prefix_bits })
    }

    /// Whether the address lies in it. An IPv4 network holds no IPv6 form of its addresses.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differing = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => u128::from(ours.to_bits() ^ theirs.to_bits()),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => ours.to_bits() ^ theirs.to_bits(),
            _ => return false,
        };
        let host_bits = width(address).saturating_sub(self.prefix_bits);
        differing.checked_shr(host_bits).unwrap_or(0) == 0
    }
}

const fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// What kind of address this is, if it is one that is out of bounds.
pub fn out_of_bounds(address: IpAddr) -> Option<&'static str> {
    let named = OUT_OF_BOUNDS.iter().find(|(range, _)| range.contains(address));
    let unassigned = address.is_ipv6() && !GLOBAL_V6.contains(address);
    named.map(|(_, kind)| *kind).or(unassigned.then_some("an unassigned address"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_edges_of_a_range_are_out_of_bounds_and_its_neighbours_are_not() {
        let edges = [
            ("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
            ("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
            ("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
            ("224.0.0.0", "255.255.255.255", "223.255.255.255", "1.1.1.1"),
            ("2001::", "2001:1ff:ffff::", "2001:200::", "2001:67c::1"),
            ("2001:db8::", "2001:db8:ffff::", "2001:db7::", "2001:db9::"),
            ("4000::", "ffff::", "3ffe::", "2a00::1"),
        ];
        for (first, last, below, above) in edges {
            for inside in [first, last] {
                assert!(out_of_bounds(inside.parse().unwrap()).is_some(), "{inside}");
            }
            for outside in [below, above] {
                assert_eq!(out_of_bounds(outside.parse().unwrap()), None, "{outside}");
            }
        }
    }

    #[test]
    fn a_network_of_any_width_is_read_and_a_wider_one_than_its_address_is_not() {
        let all = Network::read("0.0.0.0/0").unwrap();
        assert!(all.contains("255.1.2.3".parse().unwrap()));
        assert!(!all.contains("::ffff:255.1.2.3".parse().unwrap()));
        assert!(Network::read("::/0").unwrap().contains("fe80::1".parse().unwrap()));
        let one = Network::read("127.0.0.1").unwrap();
        assert!(!one.contains("127.0.0.2".parse().unwrap()));
        for bad in ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0/8", "uni.example/8", ""] {
            assert_eq!(Network::read(bad), None, "{bad}");
        }
    }
}
