//! Mobile numbers.

use std::fmt;

/// A mobile number in E.164: `+` and 7 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mobile(String);

/// The text is not an international mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mobile number in international form such as +27821234567")]
pub struct InvalidMobile;

impl Mobile {
    /// Reads a number after removing blanks and the punctuation people write (`-`, `.`, `(`, `)`, `/`).
    pub fn parse(text: &str) -> Result<Self, InvalidMobile> {
        let number: String = text.chars().filter(|c| !c.is_whitespace() && !"-.()/".contains(*c)).collect();
        let digits = number.strip_prefix('+').ok_or(InvalidMobile)?;
        let plausible = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if plausible { Ok(Self(number)) } else { Err(InvalidMobile) }
    }

    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_up_punctuation() {
        assert_eq!(Mobile::parse(" +27 (82) 123-4567 ").unwrap().as_str(), "+27821234567");
    }

    #[test]
    fn refuses_national_short_and_long_numbers() {
        for bad in ["", "0821234567", "+12345", "+1234567890123456", "+0821234567", "+27 82 CALL ME"] {
            assert_eq!(Mobile::parse(bad), Err(InvalidMobile), "{bad}");
        }
    }
}
