//! Password hashing without the work.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use portcullis_kernel::{CompanyId, Password, PasswordHash, PasswordHasher, PortResult, Verdict};

/// A hasher for tests that hides nothing and counts its work. The hash of `ada` is `plain:ada`; a stored
/// `outdated:ada` is a [`Verdict::MatchOutdated`].
#[derive(Debug, Default)]
pub struct PlainHasher {
    hashes: AtomicUsize,
    verifications: AtomicUsize,
    for_nobody: AtomicUsize,
}

impl PlainHasher {
    /// A hasher that has done nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`PasswordHasher::hash`] answers for `password`.
    #[must_use]
    pub fn up_to_date(password: &str) -> PasswordHash {
        PasswordHash::from_text(format!("plain:{password}"))
    }

    /// A hash of `password` that should be replaced.
    #[must_use]
    pub fn outdated(password: &str) -> PasswordHash {
        PasswordHash::from_text(format!("outdated:{password}"))
    }

    /// How many passwords were hashed.
    #[must_use]
    pub fn hashes(&self) -> usize {
        self.hashes.load(Ordering::SeqCst)
    }

    /// How many comparisons were paid for, those for nobody included.
    #[must_use]
    pub fn verifications(&self) -> usize {
        self.verifications.load(Ordering::SeqCst)
    }

    /// How many comparisons were made for nobody.
    #[must_use]
    pub fn for_nobody(&self) -> usize {
        self.for_nobody.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl PasswordHasher for PlainHasher {
    async fn hash(&self, _company: CompanyId, password: Password) -> PortResult<PasswordHash> {
        self.hashes.fetch_add(1, Ordering::SeqCst);
        Ok(Self::up_to_date(password.reveal()))
    }

    async fn verify(
        &self,
        _company: CompanyId,
        password: Password,
        hash: PasswordHash,
    ) -> PortResult<Verdict> {
        self.verifications.fetch_add(1, Ordering::SeqCst);
        Ok(if hash == Self::up_to_date(password.reveal()) {
            Verdict::Match
        } else if hash == Self::outdated(password.reveal()) {
            Verdict::MatchOutdated
        } else {
            Verdict::Mismatch
        })
    }

    fn reads(&self, hash: &PasswordHash) -> bool {
        hash.as_str().contains(':')
    }

    async fn verify_nobody(&self, _company: CompanyId, _password: Password) -> PortResult<()> {
        self.verifications.fetch_add(1, Ordering::SeqCst);
        self.for_nobody.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
