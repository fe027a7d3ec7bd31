//! What the reset use cases do, on the reference store.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the verdict of a test")]

mod by_challenge;
mod by_code;
mod by_token;
mod eligibility;
mod stage;
