//! PKCS#8 in PEM (RFC 7468), the form in which keys are kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis_kernel::Secret;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
const LINE: usize = 64;

pub(crate) fn encode(der: &[u8]) -> Secret {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = String::with_capacity(body.len() + body.len() / LINE + BEGIN.len() + END.len() + 3);
    text.push_str(BEGIN);
    for (at, letter) in body.chars().enumerate() {
        if at % LINE == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push('\n');
    text.push_str(END);
    text.push('\n');
    Secret::new(text)
}

/// The DER inside; nothing if the text is not one unencrypted private key.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let mut joined = Zeroizing::new(String::with_capacity(body.len()));
    joined.extend(body.split_whitespace());
    STANDARD.decode(joined.as_bytes()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_in_lines_of_64() {
        let der: Vec<u8> = (0..=255).collect();
        let text = encode(&der);
        assert!(text.reveal().lines().all(|line| line.len() <= 64));
        assert_eq!(decode(text.reveal()).unwrap().as_slice(), der);
    }

    #[test]
    fn refuses_other_labels_and_damage() {
        let text = encode(&[1, 2, 3]);
        assert!(decode(&text.reveal().replace("PRIVATE", "RSA PRIVATE")).is_none());
        assert!(decode(&text.reveal().replace("AQID", "AQ!D")).is_none());
        assert!(decode("").is_none());
    }
}
