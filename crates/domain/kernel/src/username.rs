//! Usernames.

use unicode_normalization::UnicodeNormalization;

/// A username: the text as chosen, and the key by which it is unique and found without regard to case.
#[derive(Clone, Debug)]
pub struct Username {
    text: String,
    key: String,
}

/// The text cannot be a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a username has 1 to 150 letters, digits and . @ + - _")]
pub struct InvalidUsername;

impl Username {
    /// Accepts 1 to 150 letters and digits of any script and `. @ + - _` (rehive contract §4).
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let allowed = |c: char| c.is_alphanumeric() || ".@+-_".contains(c);
        if !(1..=150).contains(&text.chars().count()) || !text.chars().all(allowed) {
            return Err(InvalidUsername);
        }
        Ok(Self { text: text.to_owned(), key: text.nfkc().collect::<String>().to_lowercase() })
    }

    /// The name as chosen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The folded form (NFKC, lower case): two names with one key are one name.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Username {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Username {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_and_keeps_the_spelling() {
        let name = Username::parse("John.Doe").unwrap();
        assert_eq!(name.as_str(), "John.Doe");
        assert_eq!(name, Username::parse("john.doe").unwrap());
    }

    #[test]
    fn refuses_blanks_and_symbols() {
        for bad in ["", "a b", "a\n", "a/b", "<a>", &"x".repeat(151)] {
            assert_eq!(Username::parse(bad).err(), Some(InvalidUsername), "{bad}");
        }
    }
}
