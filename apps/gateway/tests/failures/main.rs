//! What clients meet when something breaks: the database, the process, or their own haste.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(clippy::disallowed_methods, reason = "tests measure with the machine's own clock")]
#![expect(unreachable_pub, reason = "in a test binary, `pub` says what a module offers its neighbours")]

#[path = "../support/mod.rs"]
mod support;

mod draining;
mod killed;
mod locked;
mod outage;
mod races;
mod relay;
mod writers;
