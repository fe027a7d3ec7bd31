//! The `wikimedia` door from outside: every operation, success and every documented refusal, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[path = "../support/mod.rs"]
mod support;

mod change_password;
mod decoding;
mod door;
mod examples;
mod forgot_password;
mod forgot_password_confirm;
mod lengths;
mod lockout;
mod login;
mod mfa_required;
mod new_password_required;
mod routing;
mod states;
mod token_refresh;
mod token_revoke;
mod tokens;
