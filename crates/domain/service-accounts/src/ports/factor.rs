//! The owner's second factor.

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{AccountId, Client, CompanyId, PortResult};

/// Checks the second factor of an account.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OwnerCode: Send + Sync {
    /// Checks a code, counting wrong ones; a right one is spent.
    async fn check(
        &self,
        company: CompanyId,
        account: AccountId,
        code: String,
        client: Client,
    ) -> PortResult<CodeVerdict>;
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeVerdict {
    /// It was right, and is spent.
    Accepted,
    /// It was wrong.
    Wrong,
    /// It was right once.
    AlreadyUsed,
    /// The account has no second factor.
    NotEnrolled,
    /// Too many wrong codes.
    Exhausted {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
}
