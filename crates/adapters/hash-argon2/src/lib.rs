//! Password hashing with Argon2id, as a scheduler.
//!
//! Hashing is the one expensive thing an auth server does: a sign-in costs a hundred times more here than everywhere
//! else together. So this crate decides who may spend it:
//!
//! - it runs on threads of its own (`hash-1`, `hash-2`, …), never on the threads that answer requests;
//! - as many jobs run at once as there are threads *and* as fit the memory budget;
//! - companies take turns, one job each, so that a flood at one company costs another a few jobs of delay at most;
//! - a job that would wait longer than the deadline is refused at once, and one that did wait that long is taken out
//!   of its line: the caller learns [`PortError::Overloaded`](portcullis_kernel::PortError::Overloaded) and when to
//!   come back;
//! - at rest it holds nothing: idle threads end and give their memory back to the system.
//!
//! Hashes made elsewhere are verified too, as long as their cost stays within bounds:
//! [`Argon2Hasher`] lists the formats.

mod formats;
mod hasher;
mod memory;
mod scheduler;
mod settings;

pub use hasher::Argon2Hasher;
pub use settings::{InvalidSettings, Params, Settings};
