//! Time-based one-time passwords (RFC 6238) for second factors.
//!
//! Six digits, steps of 30 seconds, and one step of tolerance either way for clocks that are off. The engine is
//! stateless: it says which step a code belongs to, and the domain sees to it that no step is accepted twice.
//!
//! ```
//! use portcullis_kernel::{Secret, Timestamp};
//! use portcullis_mfa::{OtpAlgorithm, OtpEngine, Totp};
//! use portcullis_otp_totp::TotpEngine;
//!
//! let secret = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
//! let totp = Totp { secret, algorithm: OtpAlgorithm::Sha1, last_step: None };
//! assert_eq!(TotpEngine.matching_step(&totp, "287082", Timestamp::from_seconds(59)), Some(1));
//! ```

mod engine;
mod link;
mod picture;

pub use engine::TotpEngine;
