//! Where a request comes from, through proxies that the operator trusts.

use std::net::IpAddr;

use ipnet::IpNet;

/// The address of the client: the peer's own, unless the peer is a trusted proxy. Then the entries of
/// `X-Forwarded-For` are read from the nearest backwards, and the first one that is no trusted proxy is the client.
///
/// A trusted peer may name the client outright, in a header of its own (`named`); that comes first.
///
/// Fails closed: an entry that cannot be read hides everything before it, and the address is that of the last hop that
/// could be trusted. `forwarded` holds the header's values in the order they arrived.
#[must_use]
pub fn client_address<'a>(
    peer: IpAddr,
    named: Option<&str>,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if let Some(named) = named.and_then(|text| text.trim().parse::<IpAddr>().ok())
        && is_trusted(&client)
    {
        return named.to_canonical();
    }
    for entry in forwarded.rev().flat_map(|value| value.rsplit(',')) {
        if !is_trusted(&client) {
            break;
        }
        match entry.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        named(peer, None, forwarded)
    }

    fn named(peer: &str, named: Option<&str>, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_address(peer.parse().unwrap(), named, forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_may_name_the_client() {
        assert_eq!(named("10.0.0.1", Some("198.51.100.7"), &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(named("203.0.113.5", Some("198.51.100.7"), &[]), "203.0.113.5");
        for bad in ["", "unknown", "198.51.100.7, 198.51.100.8"] {
            assert_eq!(named("10.0.0.1", Some(bad), &["203.0.113.9"]), "203.0.113.9", "{bad}");
        }
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        assert_eq!(address("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", &["198.51.100.66, 203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn trusted_proxies_are_believed_hop_by_hop() {
        assert_eq!(address("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", &["203.0.113.9, 10.2.2.2"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", &["203.0.113.9", "10.2.2.2"]), "203.0.113.9");
        assert_eq!(address("fd00::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(address("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn malformed_entries_fail_closed() {
        for bad in ["", "unknown", "203.0.113.9:80", "203.0.113.9, nonsense", "203.0.113.9,,"] {
            assert_eq!(address("10.0.0.1", &[bad]), "10.0.0.1", "{bad}");
        }
        assert_eq!(address("10.0.0.1", &["203.0.113.9, x, 10.2.2.2"]), "10.2.2.2");
    }
}
