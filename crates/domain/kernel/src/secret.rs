//! Secrets: zeroed on drop, compared in constant time, never printed.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text that must not leak: no `Debug`, no `Display`, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares in time that depends on the lengths only.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

/// A password as a person typed it: never trimmed, never normalised.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

/// The password has more than [`Password::MAX_CHARS`] characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {} characters", Password::MAX_CHARS)]
pub struct PasswordTooLong;

impl Password {
    /// The longest password any door accepts, in Unicode code points. Longer input is refused before any hashing.
    pub const MAX_CHARS: usize = 256;

    /// Accepts any text of up to [`Self::MAX_CHARS`] characters, the empty one included.
    pub fn parse(text: impl Into<String>) -> Result<Self, PasswordTooLong> {
        let password = Self(text.into());
        if password.0.chars().count() > Self::MAX_CHARS { Err(PasswordTooLong) } else { Ok(password) }
    }

    /// The text, for hashing and for the policy.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_not_bytes() {
        assert!(Password::parse("ß".repeat(Password::MAX_CHARS)).is_ok());
        assert!(Password::parse("ß".repeat(Password::MAX_CHARS + 1)).is_err());
    }

    #[test]
    fn compares_whole_texts() {
        let secret = Secret::new("abc");
        assert!(secret.matches("abc"));
        assert!(!secret.matches("ab"));
        assert!(!secret.matches("abd"));
    }
}
