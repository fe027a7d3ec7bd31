//! A small database: 128.0.0.0/1 is in Germany.

fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x40 | u8::try_from(text.len()).unwrap()];
    bytes.extend(text.bytes());
    bytes
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xe0 | u8::try_from(members.len()).unwrap()];
    for (name, value) in members {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes
}

fn number(number: u8) -> Vec<u8> {
    vec![0xa1, number]
}

/// The file.
pub(crate) fn file() -> Vec<u8> {
    let named = |code: &str, value: &str, name: &str| {
        map(&[("geoname_id", number(9)), (code, text(value)), ("names", map(&[("en", text(name))]))])
    };
    let continent = named("code", "EU", "Europe");
    // The record comes after the continent and points back at it.
    let record = u8::try_from(continent.len()).unwrap();
    let country = named("iso_code", "DE", "Germany");
    let mut data = continent;
    data.extend(map(&[("continent", vec![0x20, 0]), ("country", country)]));

    let node = [0, 0, 1, 0, 0, 1 + 16 + record];
    let mut file = node.to_vec();
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let facts = [("node_count", number(1)), ("record_size", number(24)), ("ip_version", number(4))];
    file.extend(map(&facts));
    file
}
