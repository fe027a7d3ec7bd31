//! What resetting a password needs from outside.

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, CompanyId, CompanySlug, Effects, Email, Identifier, Mobile, OneTime, OneTimeId,
    PasswordHash, PolicyName, PortResult, Purpose, SessionSweep, Spending, Throttle, Timestamp, TokenDigest,
    Username,
};

/// Keeps reset secrets and the passwords they replace.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ResetStore: Send + Sync {
    /// Finds the first account of the company that one of the identifiers names, trying them in order.
    async fn subject(
        &self,
        company: CompanyId,
        identifiers: Vec<Identifier>,
    ) -> PortResult<Option<ResetSubject>>;

    /// Finds a secret by the digest of its token, used or not, with its account.
    async fn by_token(
        &self,
        digest: TokenDigest,
        purpose: Purpose,
    ) -> PortResult<Option<(OneTime, ResetSubject)>>;

    /// Whether there is such an account, in any company.
    async fn knows(&self, account: AccountId) -> PortResult<bool>;

    /// The newest reset code of an account, used or not.
    async fn latest_code(&self, account: AccountId) -> PortResult<Option<OneTime>>;

    /// Keeps a reset secret and voids earlier ones of the account. Must be refused, nothing written, when the
    /// budget is exhausted. Without a secret only the budget is charged, so that both cost the same.
    async fn issue(&self, write: IssueReset) -> PortResult<Spending>;

    /// Counts a wrong guess, unless its budget is exhausted already: then nothing is written.
    async fn reject(&self, write: RejectReset) -> PortResult<Spending>;

    /// Sets the password, uses the secret up, voids the account's other reset and new-password secrets, and ends
    /// the sessions of the sweep. Of two calls with one secret one must be [`Completion::Done`].
    async fn complete(&self, write: CompleteReset) -> PortResult<Completion>;
}

/// The account whose password is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetSubject {
    /// Its id.
    pub account: AccountId,
    /// Its company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// What people call that company.
    pub company_name: String,
    /// That company's password policy.
    pub policy: PolicyName,
    /// Where it stands.
    pub state: AccountState,
    /// Its username.
    pub username: Option<Username>,
    /// Its e-mail address.
    pub email: Option<Email>,
    /// Whether that is verified.
    pub email_verified: bool,
    /// Its mobile number.
    pub mobile: Option<Mobile>,
    /// Whether it has a password at all.
    pub has_password: bool,
    /// Whether its password is one an operator set for the first sign-in.
    pub has_temporary_password: bool,
}

/// A reset that was asked for.
#[derive(Clone)]
pub struct IssueReset {
    /// The secret; absent when nobody is to get one.
    pub secret: Option<OneTime>,
    /// How often resets may be asked for.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write; the message is here.
    pub effects: Effects,
}

/// A wrong guess.
#[derive(Clone, Debug)]
pub struct RejectReset {
    /// The code it was compared with.
    pub code: Option<OneTimeId>,
    /// The guess budget.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A proved reset.
#[derive(Clone)]
pub struct CompleteReset {
    /// The secret that proves it.
    pub secret: OneTimeId,
    /// Whose password.
    pub account: AccountId,
    /// The new one.
    pub hash: PasswordHash,
    /// From when on it must be replaced.
    pub expires_at: Option<Timestamp>,
    /// Sessions to end.
    pub sweep: SessionSweep,
    /// The guess budget.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// How a reset ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Written.
    Done,
    /// The secret was used, replaced or has expired; nothing was written.
    AlreadyUsed,
    /// Too many wrong guesses; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: Duration,
    },
}
