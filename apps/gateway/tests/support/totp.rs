//! Time-based codes, from the text of RFC 6238: the server's own library would agree with itself.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use portcullis_host::SystemClock;
use portcullis_kernel::Clock;

/// The present time step.
pub fn step() -> u64 {
    u64::try_from(SystemClock.now().as_seconds()).unwrap() / 30
}

/// The code of a step: HMAC-SHA-1, six digits.
pub fn code(secret: &str, step: u64) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let mac = mac.as_ref();
    let offset = usize::from(mac.last().unwrap() & 0x0f);
    let word = mac.get(offset..offset + 4).unwrap().try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}
