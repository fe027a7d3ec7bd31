//! What sessions ask of their neighbours; the application bridges these to the crates that know.

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, ApiKeyId, Budget, Client, CompanyId, CompanySlug, Effects, OneTime, PortResult,
    SessionChallenge, SessionId, Timestamp, TokenDigest, Username,
};

use crate::ChallengePlan;

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

    /// What a session that is about to be opened must be asked.
    async fn demand(&self, order: FactorOrder) -> PortResult<FactorDemand>;

    /// The challenges that are put to a session, oldest first; none of them was answered.
    async fn challenges(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>>;
}

/// A session that is about to be opened.
#[derive(Clone, Debug)]
pub struct FactorOrder {
    /// The session.
    pub session: SessionId,
    /// The company of its account.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Its account.
    pub account: AccountId,
    /// How it is challenged.
    pub plan: ChallengePlan,
    /// From where.
    pub client: Client,
}

/// What a session must be asked.
#[derive(Clone, Default)]
pub struct FactorDemand {
    /// The challenges.
    pub challenges: Vec<SessionChallenge>,
    /// The code to send for them, if one of them takes codes that are sent.
    pub sending: Option<Sending>,
}

/// A code to send along with a write-set.
#[derive(Clone)]
pub struct Sending {
    /// The code.
    pub code: OneTime,
    /// The budgets it is charged to; if one is exhausted, nothing is sent.
    pub charge: Vec<Budget>,
    /// Its message and its audit entry.
    pub effects: Effects,
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
