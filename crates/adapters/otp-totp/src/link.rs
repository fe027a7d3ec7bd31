//! The link that apps and QR codes take an authenticator from.

use portcullis_mfa::Totp;

use crate::engine::{DIGITS, STEP};

/// `otpauth://totp/<issuer>:<account>?secret=…&digits=6&issuer=…&algorithm=…&period=30` (rehive contract §5.4).
pub(crate) fn link(totp: &Totp, issuer: &str, account: &str) -> String {
    let (issuer, account) = (escape(issuer), escape(account));
    let (secret, algorithm) = (totp.secret.reveal(), totp.algorithm.as_str());
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&digits={DIGITS}&issuer={issuer}\
         &algorithm={algorithm}&period={STEP}"
    )
}

/// Percent-encodes everything but the unreserved characters of RFC 3986. A colon would end the issuer even when
/// encoded, so it becomes a blank.
fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.trim().replace(':', " ").bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use portcullis_kernel::Secret;
    use portcullis_mfa::OtpAlgorithm;

    use super::*;

    #[test]
    fn is_usable_as_a_qr_payload_as_it_stands() {
        let totp = Totp { secret: Secret::new("ABC234"), algorithm: OtpAlgorithm::Sha256, last_step: None };
        assert_eq!(
            link(&totp, "Café: Nord", "ada+x@example.com"),
            "otpauth://totp/Caf%C3%A9%20%20Nord:ada%2Bx%40example.com\
             ?secret=ABC234&digits=6&issuer=Caf%C3%A9%20%20Nord&algorithm=SHA256&period=30"
        );
    }

    #[test]
    fn is_read_back_by_another_implementation() {
        let secret = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let totp = Totp { secret, algorithm: OtpAlgorithm::Sha1, last_step: None };
        let read = totp_rs::Totp::from_url(link(&totp, "Acme Inc", "ada@example.com")).unwrap();
        assert_eq!(read.issuer(), Some("Acme Inc"));
        assert_eq!(read.account_name(), "ada@example.com");
        assert_eq!(read.secret().to_base32(), totp.secret.reveal());
    }
}
