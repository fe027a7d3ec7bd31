//! Sealing of secrets at rest with AES-256-GCM-SIV (RFC 8452) under the master key.
//!
//! GCM-SIV because nonces are random: should one ever repeat, an attacker learns that two values are equal and
//! nothing more. A sealed value carries the id of its key, so that a rotation can leave old values in place and move
//! them at leisure; the place it is kept in is authenticated with it, so that a value copied into another row does
//! not open there.

mod key;
mod sealer;

pub use key::{InvalidMasterKey, MasterKey};
pub use sealer::AeadSealer;
