//! The search tree.

use std::net::IpAddr;

use crate::decode::{Value, decode};

const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// What stands between tree and data.
const GAP: usize = 16;

/// The whole file, and how it is laid out.
pub(crate) struct Tree {
    bytes: Vec<u8>,
    nodes: usize,
    /// Bytes of a node, which holds two records.
    width: usize,
    is_ipv6: bool,
}

impl Tree {
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        let start = bytes.windows(MARKER.len()).rposition(|window| window == MARKER)? + MARKER.len();
        let facts = decode(bytes.get(start..)?, 0)?;
        let fact = |name: &str| usize::try_from(facts.get(name)?.number()?).ok();
        let width = match fact("record_size")? {
            24 => 6,
            28 => 7,
            32 => 8,
            _ => return None,
        };
        let is_ipv6 = match fact("ip_version")? {
            4 => false,
            6 => true,
            _ => return None,
        };
        let tree = Self { nodes: fact("node_count")?, width, is_ipv6, bytes };
        tree.bytes.get(tree.data()?..).map(drop)?;
        Some(tree)
    }

    /// The record of the network that an address is in.
    pub(crate) fn find(&self, address: IpAddr) -> Option<Value> {
        let (bits, length) = match (address, self.is_ipv6) {
            (IpAddr::V4(v4), false) => (u128::from(v4.to_bits()) << 96, 32),
            // Databases of both kinds keep IPv4 addresses below ::/96.
            (IpAddr::V4(v4), true) => (u128::from(v4.to_bits()), 128),
            (IpAddr::V6(v6), true) => (v6.to_bits(), 128),
            (IpAddr::V6(_), false) => return None,
        };
        let mut node = 0;
        for place in 0..length {
            if node >= self.nodes {
                break;
            }
            let is_right = (bits >> (127 - place)) & 1 == 1;
            node = self.record(node, is_right)?;
        }
        let offset = node.checked_sub(self.nodes)?.checked_sub(GAP)?;
        decode(self.bytes.get(self.data()?..)?, offset)
    }

    fn data(&self) -> Option<usize> {
        self.nodes.checked_mul(self.width)?.checked_add(GAP)
    }

    fn record(&self, node: usize, is_right: bool) -> Option<usize> {
        let start = node.checked_mul(self.width)?;
        let bytes = self.bytes.get(start..start.checked_add(self.width)?)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte));
        let half = self.width / 2;
        let record = number(if is_right { bytes.get(self.width - half..)? } else { bytes.get(..half)? });
        if self.width != 7 {
            return Some(record);
        }
        // The middle byte of a node of seven holds the highest bits of both records.
        let middle = usize::from(*bytes.get(3)?);
        let high = if is_right { middle & 15 } else { middle >> 4 };
        Some((high << 24) | record)
    }
}
