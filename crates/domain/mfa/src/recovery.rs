//! Recovery codes.

use portcullis_kernel::{Code, Entropy};

use crate::RecoveryCode;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 8;

/// `count` unused codes of eight lower-case base32 characters (rehive contract §5.4).
pub(crate) fn recovery_codes(count: u32, entropy: &dyn Entropy) -> Vec<RecoveryCode> {
    (0..count).map(|_| RecoveryCode { code: recovery_code(entropy), used_at: None }).collect()
}

fn recovery_code(entropy: &dyn Entropy) -> Code {
    let mut bytes = [0; LENGTH];
    entropy.fill(&mut bytes);
    // 256 is a multiple of 32, so every character is equally likely.
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from);
    Code::from_text(bytes.iter().filter_map(letter).collect::<String>())
}
