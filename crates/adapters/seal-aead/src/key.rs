//! The master key and its written form.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use portcullis_kernel::Entropy;
use zeroize::Zeroizing;

/// The 256-bit key that everything readable at rest is sealed under. Wiped on drop, never printed.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; MasterKey::BYTES]>);

/// The text is not a master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes, written as 64 hexadecimal digits or as base64")]
pub struct InvalidMasterKey;

impl MasterKey {
    const BYTES: usize = 32;

    /// Makes a new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        entropy.fill(&mut *bytes);
        Self(bytes)
    }

    /// Reads a key: 64 hexadecimal digits of either case, or 32 bytes in base64, standard or URL-safe, padded or not.
    /// White space around it (the line end of a key file) is ignored.
    pub fn parse(text: &str) -> Result<Self, InvalidMasterKey> {
        let text = text.trim();
        let bytes = if text.len() == 2 * Self::BYTES { from_hex(text) } else { from_base64(text) };
        let bytes = bytes.ok_or(InvalidMasterKey)?;
        let mut key = Zeroizing::new([0; Self::BYTES]);
        if bytes.len() != key.len() {
            return Err(InvalidMasterKey);
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// The key as 64 lower-case hexadecimal digits, the form to keep in a file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        hex(&*self.0)
    }

    /// Names the key without telling it: the first 8 hexadecimal digits of the SHA-256 of a label and the key.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"portcullis master key id\0");
        hash.update(&*self.0);
        let digest = hash.finish();
        hex(digest.as_ref()).chars().take(8).collect()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }
}

fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut bytes = Zeroizing::new(Vec::with_capacity(MasterKey::BYTES));
    for pair in text.as_bytes().chunks_exact(2) {
        let [high, low] = pair else { return None };
        bytes.push(digit(high)? << 4 | digit(low)?);
    }
    Some(bytes)
}

fn from_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let url_safe = text.contains(['-', '_']);
    let alphabet = if url_safe { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok().map(Zeroizing::new)
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff";

    #[test]
    fn reads_hexadecimal_and_every_base64() {
        for text in [
            HEX,
            &format!(" {}\n", HEX.to_uppercase()),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/v8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/v8",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd_v8=",
        ] {
            assert_eq!(MasterKey::parse(text).ok().unwrap().to_text().as_str(), HEX, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        let long = format!("{HEX}00");
        for text in ["", "secret", &HEX[2..], long.as_str(), &HEX.replace('f', "g"), &"é".repeat(32)] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_id_is_stable_and_follows_the_key() {
        let key = MasterKey::parse(HEX).ok().unwrap();
        let other = MasterKey::parse(&HEX.replace("ff", "fe")).ok().unwrap();
        assert_eq!(key.id().len(), 8);
        assert_eq!(key.id(), MasterKey::parse(&key.to_text()).ok().unwrap().id());
        assert_ne!(key.id(), other.id());
        assert!(!key.to_text().contains(&key.id()));
    }
}
