//! One account, every door: what is opened at one is known, and what is shut at one is shut, at all of them, at once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(clippy::disallowed_methods, reason = "tests measure with the machine's own clock")]
#![expect(unreachable_pub, reason = "in a test binary, `pub` says what a module offers its neighbours")]

#[path = "../support/mod.rs"]
mod support;

mod barong;
mod commands;
mod doors;
mod endings;
mod nodes;
mod passwords;
mod registered;
mod second_factor;
mod throttle;
mod town;
