//! The `bfore` door, operation by operation, as its contract and docs/dialects/bfore.md describe it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(clippy::disallowed_methods, reason = "tests measure with the machine's own clock")]
#![expect(unreachable_pub, reason = "in a test binary, `pub` says what a module offers its neighbours")]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod credentials;
mod documented;
mod door;
mod keys;
mod login;
mod passwords;
mod routes;
mod second_factor;
mod sessions;
mod throttle;
