//! What sessions ask of their neighbours; the application bridges these to the crates that know.

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, ApiKeyId, Client, CompanyId, PortResult, Timestamp, TokenDigest, Username,
};

/// Knows about second factors.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SecondFactor: Send + Sync {
    /// Whether the account has a verified authenticator of any kind.
    async fn is_enrolled(&self, account: AccountId) -> PortResult<bool>;

    /// Checks a code against every verified authenticator of the account, and spends it if it is right.
    async fn check(
        &self,
        company: CompanyId,
        account: AccountId,
        code: String,
        client: Client,
    ) -> PortResult<FactorCheck>;
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorCheck {
    /// The code was right and is now spent.
    Accepted,
    /// The code is wrong.
    Wrong,
    /// The code was right once, and is spent.
    AlreadyUsed,
    /// Too many wrong codes.
    Exhausted {
        /// When the budget has room again.
        retry_after: Duration,
    },
}

/// Knows about API keys.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait KeyDirectory: Send + Sync {
    /// The holder of a presented key that exists and is active; notes the use at `at`.
    async fn present(&self, digest: TokenDigest, at: Timestamp) -> PortResult<Option<KeyHolder>>;
}

/// Who holds an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key.
    pub key: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// The account it speaks for.
    pub account: AccountId,
    /// Its company.
    pub company: CompanyId,
    /// Its state.
    pub state: AccountState,
    /// Its username.
    pub username: Option<Username>,
}
