//! Networks of addresses.

use std::fmt;
use std::net::IpAddr;

/// A network: its first address, and how many leading bits its members share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads `ADDRESS/BITS`; bits of the address beyond the network's are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
        let (address, bits) = (address.parse().ok()?, bits.parse().ok().filter(|_| digits)?);
        (bits <= width(address)).then(|| Self::around(address, bits))
    }

    /// The network of that many leading bits around an address.
    #[must_use]
    pub fn around(address: IpAddr, bits: u32) -> Self {
        let bits = bits.min(width(address));
        let first = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
                IpAddr::V4((v4.to_bits() & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
                IpAddr::V6((v6.to_bits() & mask).into())
            }
        };
        Self { first, bits }
    }

    /// Whether the address belongs to it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        width(address) == width(self.first) && Self::around(address, self.bits) == *self
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// Whether a client that moved from one address to the other may go on with its session: both are in one /16 (IPv4) or
/// one /96 (IPv6) (barong contract §5.2).
pub(crate) fn are_near(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    Network::around(one, if one.is_ipv4() { 16 } else { 96 }).contains(other)
}

const fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_what_shares_their_bits() {
        for (network, address, contains) in [
            ("192.0.2.77/24", "192.0.2.1", true),
            ("192.0.2.0/24", "192.0.3.1", false),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("0.0.0.0/0", "::1", false),
            ("192.0.2.1/32", "192.0.2.1", true),
            ("192.0.2.1/32", "192.0.2.2", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db9::1", true),
        ] {
            let found = Network::parse(network).unwrap().contains(address.parse().unwrap());
            assert_eq!(found, contains, "{network} {address}");
        }
        assert_eq!(Network::parse("192.0.2.77/24").unwrap().to_string(), "192.0.2.0/24");
        for bad in ["192.0.2.0", "192.0.2.0/33", "192.0.2.0/+8", "192.0.2.0/", "::/129", "x/8"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn clients_may_move_inside_a_16_or_a_96() {
        let near = |one: &str, other: &str| are_near(one.parse().unwrap(), other.parse().unwrap());
        assert!(near("192.0.2.1", "192.0.200.1") && !near("192.0.2.1", "192.1.2.1"));
        assert!(near("2001:db8::1", "2001:db8::ffff:1") && !near("2001:db8::1", "2001:db8::1:0:0:1"));
        assert!(near("::ffff:192.0.2.1", "192.0.200.1") && !near("192.0.2.1", "2001:db8::1"));
    }
}
