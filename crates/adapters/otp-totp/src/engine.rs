//! The engine.

use portcullis_kernel::{Entropy, Secret, Timestamp};
use portcullis_mfa::{OtpAlgorithm, OtpEngine, Totp};
use totp_rs::{Algorithm, Builder};
use zeroize::Zeroize;

use crate::link::link;
use crate::picture::picture;

/// Seconds per step.
pub(crate) const STEP: u64 = 30;
/// Digits per code.
pub(crate) const DIGITS: u8 = 6;
/// Steps of tolerance either way.
const SKEW: u16 = 1;

/// Computes time-based codes with SHA-1, SHA-256 or SHA-512.
#[derive(Clone, Copy, Debug, Default)]
pub struct TotpEngine;

impl OtpEngine for TotpEngine {
    fn generate(&self, entropy: &dyn Entropy) -> Secret {
        let mut bytes = [0; 20];
        entropy.fill(&mut bytes);
        let secret = Secret::new(totp_rs::Secret::from(bytes).to_base32());
        bytes.zeroize();
        secret
    }

    fn reads(&self, totp: &Totp) -> bool {
        calculator(totp).is_some()
    }

    fn matching_step(&self, totp: &Totp, code: &str, at: Timestamp) -> Option<u64> {
        let seconds = u64::try_from(at.as_seconds()).ok()?;
        calculator(totp)?.check(code, seconds)
    }

    fn link(&self, totp: &Totp, issuer: &str, account: &str) -> Secret {
        Secret::new(link(totp, issuer, account))
    }

    fn picture(&self, link: &Secret) -> Option<Secret> {
        picture(link.reveal()).map(Secret::new)
    }
}

/// Takes any readable secret, however short: imported ones are as they are.
fn calculator(totp: &Totp) -> Option<totp_rs::Totp> {
    let secret = totp_rs::Secret::try_from_base32(totp.secret.reveal()).ok()?;
    if secret.as_bytes().is_empty() {
        return None;
    }
    let algorithm = match totp.algorithm {
        OtpAlgorithm::Sha1 => Algorithm::SHA1,
        OtpAlgorithm::Sha256 => Algorithm::SHA256,
        OtpAlgorithm::Sha512 => Algorithm::SHA512,
    };
    let builder = Builder::new().with_algorithm(algorithm).with_secret(secret);
    Some(builder.with_digits(DIGITS).with_skew(SKEW).with_step_duration(STEP).build_noncompliant())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of RFC 6238, appendix B: the digits 1 to 0 over and over, as long as the hash.
    fn rfc(algorithm: OtpAlgorithm) -> Totp {
        let length = match algorithm {
            OtpAlgorithm::Sha1 => 20,
            OtpAlgorithm::Sha256 => 32,
            OtpAlgorithm::Sha512 => 64,
        };
        let key: Vec<u8> = b"1234567890".iter().copied().cycle().take(length).collect();
        let secret = Secret::new(totp_rs::Secret::from(key).to_base32());
        Totp { secret, algorithm, last_step: None }
    }

    #[test]
    fn agrees_with_the_vectors_of_rfc_6238() {
        let vectors = [
            (59, ["287082", "119246", "693936"]),
            (1_111_111_109, ["081804", "084774", "091201"]),
            (1_111_111_111, ["050471", "062674", "943326"]),
            (1_234_567_890, ["005924", "819424", "441116"]),
            (2_000_000_000, ["279037", "698825", "618901"]),
            (20_000_000_000, ["353130", "737706", "863826"]),
        ];
        for (seconds, codes) in vectors {
            let algorithms = [OtpAlgorithm::Sha1, OtpAlgorithm::Sha256, OtpAlgorithm::Sha512];
            for (algorithm, code) in algorithms.into_iter().zip(codes) {
                let step = TotpEngine.matching_step(&rfc(algorithm), code, Timestamp::from_seconds(seconds));
                assert_eq!(step, u64::try_from(seconds / 30).ok(), "{algorithm:?} at {seconds}");
            }
        }
    }

    #[test]
    fn tolerates_one_step_either_way_and_names_the_step() {
        let totp = rfc(OtpAlgorithm::Sha1);
        let steps = [0, 29, 30, 59, 60, 89, 90]
            .map(|seconds| TotpEngine.matching_step(&totp, "287082", Timestamp::from_seconds(seconds)));
        assert_eq!(steps, [Some(1), Some(1), Some(1), Some(1), Some(1), Some(1), None]);
    }

    #[test]
    fn refuses_codes_of_another_form_and_unreadable_secrets() {
        let totp = rfc(OtpAlgorithm::Sha1);
        let at = Timestamp::from_seconds(59);
        for bad in ["", "28708", "2870820", "28708a", "+87082", "94287082", "２８７０８２"] {
            assert_eq!(TotpEngine.matching_step(&totp, bad, at), None, "{bad}");
        }
        for secret in ["", "not base32!", "0189"] {
            let broken = Totp { secret: Secret::new(secret), ..totp.clone() };
            assert_eq!(TotpEngine.matching_step(&broken, "287082", at), None, "{secret}");
            assert!(!TotpEngine.reads(&broken) && TotpEngine.reads(&totp), "{secret}");
        }
        assert_eq!(TotpEngine.matching_step(&totp, "287082", Timestamp::from_seconds(-1)), None);
    }

    #[test]
    fn makes_secrets_of_160_bits() {
        struct Zeros;
        impl Entropy for Zeros {
            fn fill(&self, buffer: &mut [u8]) {
                buffer.fill(0);
            }
        }
        assert_eq!(TotpEngine.generate(&Zeros).reveal(), "A".repeat(32));
    }
}
