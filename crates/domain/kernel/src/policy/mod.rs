//! Password policies: one per company, enforced wherever a password is set.

mod breach;
mod digit;
mod keyboard;
mod score;
mod variant;
mod wordlist;

pub use breach::PolicyBreach;
pub use score::strength;

use crate::Password;

/// The policies a company can choose from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PolicyName {
    /// 8 to 128 characters, not common, not all digits, not the account's own identifier.
    #[default]
    Standard,
    /// Composition rules and a strength score (barong contract §10).
    Barong,
}

/// The text names no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a password policy: standard or barong")]
pub struct UnknownPolicy;

impl PolicyName {
    /// The word that settings use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Barong => "barong",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Result<Self, UnknownPolicy> {
        [Self::Standard, Self::Barong].into_iter().find(|name| name.as_str() == text).ok_or(UnknownPolicy)
    }
}

/// The numbers of the barong policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BarongRules {
    /// The least [`strength`] accepted.
    pub min_score: f64,
    /// Whether common words lower the score.
    pub dictionary: bool,
}

impl Default for BarongRules {
    fn default() -> Self {
        Self { min_score: 14.0, dictionary: true }
    }
}

/// A policy with its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PasswordPolicy {
    /// See [`PolicyName::Standard`].
    Standard,
    /// See [`PolicyName::Barong`].
    Barong(BarongRules),
}

/// The configured numbers of every policy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Policies {
    /// Of the barong policy.
    pub barong: BarongRules,
}

impl Policies {
    /// The policy of that name.
    #[must_use]
    pub const fn named(&self, name: PolicyName) -> PasswordPolicy {
        match name {
            PolicyName::Standard => PasswordPolicy::Standard,
            PolicyName::Barong => PasswordPolicy::Barong(self.barong),
        }
    }
}

impl PasswordPolicy {
    /// Checks a new password. `own` are the account's identifiers. All breaches are reported, in a fixed order;
    /// the score is only taken when every composition rule holds.
    pub fn check(&self, password: &Password, own: &[&str]) -> Result<(), Vec<PolicyBreach>> {
        let breaches = match self {
            Self::Standard => breach::standard(password.reveal(), own),
            Self::Barong(rules) => breach::barong(password.reveal(), rules),
        };
        if breaches.is_empty() { Ok(()) } else { Err(breaches) }
    }
}
