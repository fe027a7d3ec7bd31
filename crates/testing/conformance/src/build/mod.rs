//! Builders: one plausible, unique value per call. Fields are public, so a test changes what it is about.
//!
//! Nothing is stored by building it; [`crate::World`] has methods that store.

mod accounts;
mod challenges;
mod companies;
mod factors;
mod keys;
mod messages;
mod secrets;
mod sessions;
mod texts;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use portcullis_kernel::{FreshId, Timestamp, Token};

use crate::SeededEntropy;

pub use accounts::{account, amended, bare_account, create_account, full_account, new_password, password};
pub use challenges::{authorization, challenge, challenged, put, redeem};
pub use companies::{add_group, company, create_company, full_company, group};
pub use factors::{accept, authenticator, enrol, factor_code, recovery_codes, sms, totp};
pub use keys::{api_key, header_digest, issue_key, service_account, signed_key, signing_key};
pub use messages::{audit_event, client, effects, message, messages_at, sms_message};
pub use secrets::{budget, charge, code, contact_secret, require, settle_with, token};
pub use sessions::{open, refresh, refresh_token, rotate, session, successor};
pub use texts::{LONG_LABEL, UNICODE};

/// The instant tests start from, `2026-11-22T04:30:00.123456Z`: its microseconds must survive every store.
pub const NOW: Timestamp = Timestamp::from_micros(1_795_321_800_123_456);

static ENTROPY: SeededEntropy = SeededEntropy::new(0x0070_6f72_7463_756c);
static SERIAL: AtomicU64 = AtomicU64::new(1);

/// [`NOW`] and `seconds` more.
#[must_use]
pub fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// A number no earlier call returned.
#[must_use]
pub fn serial() -> u64 {
    SERIAL.fetch_add(1, Ordering::Relaxed)
}

/// A new id that sorts by [`NOW`].
#[must_use]
pub fn id<T: FreshId>() -> T {
    T::fresh(NOW, &ENTROPY)
}

/// A new id that sorts by `at`.
#[must_use]
pub fn id_at<T: FreshId>(at: Timestamp) -> T {
    T::fresh(at, &ENTROPY)
}

/// A new token.
#[must_use]
pub fn fresh_token() -> Token {
    Token::generate(&ENTROPY)
}
