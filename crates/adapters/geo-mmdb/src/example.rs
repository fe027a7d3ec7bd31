//! A small database: 128.0.0.0/1 is in Germany.

/// A text; a length of 29 and more stands in a byte of its own.
fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let mut bytes = if length < 29 { vec![0x40 | length] } else { vec![0x5d, length - 29] };
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

fn u16(number: u8) -> Vec<u8> {
    vec![0xa1, number]
}

fn u32(number: u8) -> Vec<u8> {
    vec![0xc1, number]
}

fn u64(number: u8) -> Vec<u8> {
    vec![0x01, 0x02, number]
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(items.len()).unwrap(), 0x04];
    bytes.extend(items.concat());
    bytes
}

fn facts() -> Vec<u8> {
    map(&[
        ("binary_format_major_version", u16(2)),
        ("binary_format_minor_version", u16(0)),
        ("build_epoch", u64(1)),
        ("database_type", text("Example-Country")),
        ("description", map(&[("en", text("An example"))])),
        ("ip_version", u16(4)),
        ("languages", list(&[text("en")])),
        ("node_count", u32(1)),
        ("record_size", u16(24)),
    ])
}

/// The file.
pub(crate) fn file() -> Vec<u8> {
    let named = |code: &str, value: &str, name: &str| {
        map(&[("geoname_id", u32(9)), (code, text(value)), ("names", map(&[("en", text(name))]))])
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
    file.extend(facts());
    file
}
