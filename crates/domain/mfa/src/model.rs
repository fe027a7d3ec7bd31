//! Authenticators.

use portcullis_kernel::{AccountId, AuthenticatorId, Code, CompanyId, FactorKind, Mobile, Secret, Timestamp};

/// The hash function of a TOTP authenticator (RFC 6238).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OtpAlgorithm {
    /// HMAC-SHA-1, the only one every app knows.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl OtpAlgorithm {
    /// The word that `otpauth:` links use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512].into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

/// The secret half of a TOTP authenticator: six digits, periods of 30 seconds.
#[derive(Clone)]
pub struct Totp {
    /// The shared secret in base32 without padding; sealed at rest.
    pub secret: Secret,
    /// The hash function.
    pub algorithm: OtpAlgorithm,
    /// The last time step (seconds since the epoch, divided by 30) whose code was accepted; later codes only.
    pub last_step: Option<u64>,
}

/// One recovery code.
#[derive(Clone)]
pub struct RecoveryCode {
    /// The code; sealed at rest.
    pub code: Code,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// What an authenticator proves, and how.
#[derive(Clone)]
pub enum Factor {
    /// Time-based codes.
    Totp(Totp),
    /// Codes sent to a number.
    Sms {
        /// The number.
        mobile: Mobile,
    },
    /// Recovery codes; their position is their name.
    Static {
        /// The codes.
        codes: Vec<RecoveryCode>,
    },
}

impl Factor {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Totp(_) => FactorKind::Totp,
            Self::Sms { .. } => FactorKind::Sms,
            Self::Static { .. } => FactorKind::Static,
        }
    }
}

/// A second factor of an account. It counts for nothing until it is verified.
#[derive(Clone)]
pub struct Authenticator {
    /// Its id.
    pub id: AuthenticatorId,
    /// The company of its account.
    pub company: CompanyId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What it proves.
    pub factor: Factor,
    /// When its owner proved control of it.
    pub verified_at: Option<Timestamp>,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
