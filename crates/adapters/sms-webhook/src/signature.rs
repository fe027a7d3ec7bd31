//! The signature of a body.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use portcullis_kernel::Secret;
use portcullis_outbox::DeliveryError;
use sha2::Sha256;

/// `sha256=` and the HMAC-SHA-256 of `body` in lower-case hexadecimal.
pub(crate) fn of(body: &[u8], secret: &Secret) -> Result<String, DeliveryError> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes());
    let mac = mac.map_err(|error| DeliveryError::Later(format!("the secret cannot sign: {error}")))?;
    let digest = mac.chain_update(body).finalize().into_bytes();
    Ok(digest.iter().fold("sha256=".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_rfc_4231_test_case_2() {
        let signature = of(b"what do ya want for nothing?", &Secret::new("Jefe")).unwrap();
        assert_eq!(signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
