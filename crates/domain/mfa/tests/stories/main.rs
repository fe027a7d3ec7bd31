//! What the second factors of an account do, told on the store in memory.
#![expect(clippy::unwrap_used, reason = "a test: a panic is its verdict")]

mod challenges;
mod check;
mod enrol;
mod house;
mod labels;
mod sms;
mod switch;
mod verify;
