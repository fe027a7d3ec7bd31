//! What the sessions of an account do, told on the store in memory.
#![expect(clippy::unwrap_used, reason = "a test: a panic is its verdict")]

mod authenticate;
mod challenged;
mod challenges;
mod endings;
mod gate;
mod house;
mod refresh;
mod sign_in;
mod tokens;
