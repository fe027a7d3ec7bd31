//! Stories at the rehive door.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(clippy::disallowed_methods, reason = "tests measure with the machine's own clock")]
#![expect(unreachable_pub, reason = "in a test binary, `pub` says what a module offers its neighbours")]

#[path = "../support/mod.rs"]
mod support;

mod companies;
mod company_registration;
mod contacts;
mod cookies;
mod door;
mod examples;
mod factors;
mod leaving;
mod login;
mod logout;
mod mfa_authenticators;
mod mfa_challenges;
mod mfa_doors;
mod mfa_rules;
mod owners;
mod passwords;
mod quotas;
mod refresh;
mod registration;
mod registration_rules;
mod throttles;
mod tokens;
mod transport;
