//! The ways a password hash can be written, one file per hash function.
//!
//! A format reads a text into a [`StoredHash`] or says `None`: not mine, damaged, or dearer than the bounds allow.
//! Bounds are part of reading, because a hash is data and data must not decide how long a server computes.

mod argon2;
mod bcrypt;
mod pbkdf2;
mod phc;
mod scrypt;

pub(crate) use argon2::Today;

use crate::memory::{Footprint, Memory};

/// A hash that was read and found affordable.
pub(crate) trait StoredHash: Send {
    /// What comparing will take.
    fn footprint(&self) -> Footprint;

    /// Hashes the password in the same way and compares in constant time.
    fn matches(&self, password: &str, memory: &mut Memory) -> bool;

    /// Whether a new hash would be no better.
    fn is_up_to(&self, _today: &Today) -> bool {
        false
    }
}

/// The longest text worth looking at, in bytes.
const MAX_TEXT: usize = 1024;

/// Salts and tags longer than this, in bytes, are not made by any system we know.
const MAX_PART: usize = 128;

/// A tag shorter than this, in bytes, proves too little (PHC string format: 80 bits).
const MIN_TAG: usize = 10;

pub(crate) fn read(text: &str) -> Option<Box<dyn StoredHash>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    argon2::read(text)
        .or_else(|| bcrypt::read(text))
        .or_else(|| pbkdf2::read(text))
        .or_else(|| scrypt::read(text))
}

fn boxed(stored: impl StoredHash + 'static) -> Box<dyn StoredHash> {
    Box::new(stored)
}

#[cfg(test)]
const PASSWORD: &str = "correct horse ß 電池";

#[cfg(test)]
#[track_caller]
fn assert_reads(text: &str) {
    let stored = read(text).unwrap_or_else(|| panic!("cannot read {text}"));
    let mut memory = Memory::default();
    assert!(stored.matches(PASSWORD, &mut memory), "{text} does not match");
    assert!(!stored.matches("correct horse", &mut memory), "{text} matches another password");
    assert!(!stored.matches("", &mut memory), "{text} matches the empty password");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_nothing_into_nonsense() {
        let long = "$argon2id$".repeat(MAX_TEXT);
        for text in
            ["", "$", "$$$$$", "!", "*", "plain text", "argon2$", "pbkdf2_sha256$$$", "é$1$2$3", &long]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
