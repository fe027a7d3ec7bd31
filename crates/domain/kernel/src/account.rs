//! What an account is, as far as every crate must agree on it.

use std::fmt;

/// The life of an account (wire/decisions D15 of the contracts: only `Active`, and where a door says so `Pending`,
/// may sign in).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Registered, not yet confirmed.
    Pending,
    /// In good standing.
    Active,
    /// Held back by a rule or an operator until somebody looks at it.
    Locked,
    /// Refused for good by an operator.
    Banned,
    /// Put to rest by its owner.
    Deactivated,
    /// Gone as far as any client can tell; its identifiers stay taken.
    Deleted,
}

/// The text names no account state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state: pending, active, locked, banned, deactivated or deleted")]
pub struct UnknownState;

impl AccountState {
    /// Every state, in the order above.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Active, Self::Locked, Self::Banned, Self::Deactivated, Self::Deleted];

    /// The word that stores, commands and documents use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Banned => "banned",
            Self::Deactivated => "deactivated",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }

    /// Whether a credential of such an account is honoured at a door that does (`admit_pending`) or does not let
    /// unconfirmed accounts in.
    #[must_use]
    pub const fn admits(self, admit_pending: bool) -> bool {
        match self {
            Self::Active => true,
            Self::Pending => admit_pending,
            Self::Locked | Self::Banned | Self::Deactivated | Self::Deleted => false,
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text by which clients name a company: 1 to 100 of `a-z 0-9 _ -`, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompanySlug(String);

/// The text cannot name a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a company id has 1 to 100 letters a-z, digits, - and _")]
pub struct InvalidSlug;

impl CompanySlug {
    /// Reads a slug; upper case is folded.
    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        let slug = text.to_ascii_lowercase();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if (1..=100).contains(&slug.len()) && slug.bytes().all(allowed) {
            Ok(Self(slug))
        } else {
            Err(InvalidSlug)
        }
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CompanySlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A role, as the barong door's permissions name it; `member` unless somebody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Role(String);

impl Role {
    /// Wraps a role name; which roles exist is a matter of the permissions table.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The role's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Role {
    fn default() -> Self {
        Self("member".to_owned())
    }
}

/// The short public handle of an account: a prefix of 2 to 6 capitals and ten upper-case hexadecimal digits
/// (barong contract §6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uid(String);

impl Uid {
    /// Makes a new handle under `prefix`.
    #[must_use]
    pub fn generate(prefix: &str, entropy: &dyn crate::Entropy) -> Self {
        let mut bytes = [0; 5];
        entropy.fill(&mut bytes);
        Self(format!("{prefix}{}", crate::hex(&bytes)).to_ascii_uppercase())
    }

    /// Reads a handle that another system made: 4 to 32 upper-case letters and digits.
    pub fn parse(text: &str) -> Result<Self, InvalidUid> {
        let fits = (4..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidUid) }
    }

    /// Wraps text that a client or a store handed over.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The handle.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A whole number that stands for it where a contract wants one: its ten digits. `None` for text that is no handle.
    #[must_use]
    pub fn as_number(&self) -> Option<u64> {
        let digits = self.0.get(self.0.len().checked_sub(10)?..)?;
        u64::from_str_radix(digits, 16).ok()
    }
}

/// The text is no account handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account handle has 4 to 32 upper-case letters and digits")]
pub struct InvalidUid;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_of_other_systems_have_capitals_and_digits() {
        for text in ["ID0123ABCDEF", "ABCD", "U".repeat(32).as_str()] {
            assert_eq!(Uid::parse(text).as_ref().map(Uid::as_str), Ok(text));
        }
        for text in ["", "ID1", "id0123abcdef", "ID 0123ABCD", "ID-123", "U".repeat(33).as_str()] {
            assert_eq!(Uid::parse(text), Err(InvalidUid), "{text}");
        }
    }

    #[test]
    fn every_state_reads_back() {
        for state in AccountState::ALL {
            assert_eq!(AccountState::parse(state.as_str()), Ok(state));
        }
        assert_eq!(AccountState::parse("asleep"), Err(UnknownState));
    }

    #[test]
    fn only_active_and_where_allowed_pending_are_admitted() {
        for state in AccountState::ALL {
            assert_eq!(state.admits(false), state == AccountState::Active);
            assert_eq!(state.admits(true), matches!(state, AccountState::Active | AccountState::Pending));
        }
    }

    #[test]
    fn handles_have_numbers() {
        assert_eq!(Uid::from_text("ID00000000FF").as_number(), Some(255));
        assert_eq!(Uid::from_text("SI").as_number(), None);
    }

    #[test]
    fn slugs_fold_case() {
        assert_eq!(CompanySlug::parse("Test_Company_1").unwrap().as_str(), "test_company_1");
        for bad in ["", "a b", "a.b", "é", &"x".repeat(101)] {
            assert_eq!(CompanySlug::parse(bad), Err(InvalidSlug));
        }
    }
}
