//! The rules, one breach each.

use super::{BarongRules, strength};

/// One way in which a password breaks its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyBreach {
    /// Fewer characters than allowed.
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than allowed.
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoDigit,
    /// Digits only.
    OnlyDigits,
    /// Among the most common passwords.
    Common,
    /// One of the account's own identifiers.
    OwnIdentifier,
    /// Scores below the policy's minimum.
    Weak,
}

pub(super) fn standard(password: &str, own: &[&str]) -> Vec<PolicyBreach> {
    let _ = (password, own);
    Vec::new()
}

pub(super) fn barong(password: &str, rules: &BarongRules) -> Vec<PolicyBreach> {
    if strength(password, rules.dictionary) < rules.min_score { vec![PolicyBreach::Weak] } else { Vec::new() }
}
