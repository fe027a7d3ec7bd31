//! The port to the password hash function.

use async_trait::async_trait;

use crate::{CompanyId, Password, PortResult};

/// A stored password hash in PHC string format, or the format of the system it was imported from.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash as a store or an import handed it over.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right and its hash is up to date.
    Match,
    /// The password is right; its hash is weaker than today's setting or of a foreign kind, and should be replaced.
    MatchOutdated,
    /// The password is wrong.
    Mismatch,
}

/// Hashes and verifies passwords without blocking the caller's thread.
///
/// Every method must bound the memory in use at any moment, serve companies fairly, and answer
/// [`crate::PortError::Overloaded`] instead of waiting longer than its configured deadline.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes under today's settings with a fresh salt.
    async fn hash(&self, company: CompanyId, password: Password) -> PortResult<PasswordHash>;

    /// Compares in constant time. A hash that cannot be read, or whose cost is out of bounds, must be a
    /// [`Verdict::Mismatch`] that spends the work of an ordinary one.
    async fn verify(&self, company: CompanyId, password: Password, hash: PasswordHash)
    -> PortResult<Verdict>;

    /// Whether [`Self::verify`] can read the hash and afford to compare with it. Costs nothing.
    fn reads(&self, hash: &PasswordHash) -> bool;

    /// Spends the work of [`Self::verify`] for an account that does not exist, so that timing does not tell.
    async fn verify_nobody(&self, company: CompanyId, password: Password) -> PortResult<()>;
}
