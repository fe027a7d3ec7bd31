//! What second factors need from outside.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AuthenticatorId, ChallengeId, Effects, Entropy, FactorSet, OneTime, OneTimeId, PortResult,
    Secret, SessionChallenge, SessionId, Spending, Throttle, Timestamp, TokenDigest,
};

use crate::{Authenticator, Totp};

/// Keeps authenticators and the codes sent for them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AuthenticatorStore: Send + Sync {
    /// Every authenticator of an account, oldest first.
    async fn list(&self, account: AccountId) -> PortResult<Vec<Authenticator>>;

    /// Adds an authenticator, replacing the account's unverified ones of the same kind, and keeps the code that is sent
    /// to verify it. Must write nothing when a budget is exhausted.
    async fn enrol(&self, write: Enrol) -> PortResult<Spending>;

    /// Spends a proof. Of two calls with the same proof one must be [`Acceptance::Accepted`] and the other
    /// [`Acceptance::AlreadyUsed`], which writes nothing. Of two calls that answer the same challenge one must be
    /// accepted and the other [`Acceptance::Closed`], which writes nothing, so that its proof is still good.
    ///
    /// An answer closes the challenge; what verifies an authenticator must close the account's challenges to set up
    /// one of its kind. Each session that had one closed must count what is left, and live as long as that says.
    async fn accept(&self, write: AcceptProof) -> PortResult<Acceptance>;

    /// Counts a wrong guess, unless its budget is exhausted already: then nothing is written.
    async fn reject(&self, write: RejectProof) -> PortResult<Spending>;

    /// Keeps a code that is sent by SMS and voids earlier ones for the same authenticator.
    async fn issue_code(&self, write: IssueCode) -> PortResult<Spending>;

    /// The newest code sent for an authenticator, used or not.
    async fn latest_code(&self, authenticator: AuthenticatorId) -> PortResult<Option<OneTime>>;

    /// Removes the account's authenticator; `false` if it has no such one. Must forget the account's challenges about
    /// single requests that nothing in `left` answers, and switch off the signed keys of an account that has none left
    /// that counts.
    async fn remove(&self, write: RemoveAuthenticator) -> PortResult<bool>;
}

/// Keeps the challenges that are put to sessions; those that shut a session are written with it.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// Every challenge of a session that is kept, oldest first, whatever its time.
    async fn of_session(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>>;

    /// Puts a challenge about one request, in place of the session's unanswered ones about the same request. Must
    /// forget the session's challenges about requests whose time is over when this one is put.
    async fn put(&self, write: PutChallenge) -> PortResult<()>;

    /// Uses up the answer to a challenge about one request. Must be `false` and write nothing unless the challenge is
    /// the session's, about this request, answered, and in time. Of many calls at once one must be `true`.
    async fn redeem(&self, write: RedeemChallenge) -> PortResult<bool>;
}

/// Computes time-based codes (RFC 6238): six digits, 30-second steps.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait OtpEngine: Send + Sync {
    /// A new 160-bit secret in base32 without padding.
    fn generate(&self, entropy: &dyn Entropy) -> Secret;

    /// Whether codes can be computed from the secret.
    fn reads(&self, totp: &Totp) -> bool;

    /// The time step whose code equals `code`: the present one or one of its neighbours. Must compare in constant
    /// time; `None` for a wrong code or an unreadable secret.
    fn matching_step(&self, totp: &Totp, code: &str, at: Timestamp) -> Option<u64>;

    /// The `otpauth://totp/` link for apps and QR codes.
    fn link(&self, totp: &Totp, issuer: &str, account: &str) -> Secret;

    /// The link as a QR code for cameras: a PNG image of 300 by 300 pixels, in base64 with padding (RFC 4648 §4). `None`
    /// if no such code holds it.
    fn picture(&self, link: &Secret) -> Option<Secret>;
}

/// An authenticator to add.
#[derive(Clone)]
pub struct Enrol {
    /// The authenticator.
    pub authenticator: Authenticator,
    /// The code that is sent to verify it; its `target` is the authenticator's id.
    pub code: Option<OneTime>,
    /// How often authenticators may be added and codes sent.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// A challenge to put.
#[derive(Clone, Debug)]
pub struct PutChallenge {
    /// The challenge; it is about a request.
    pub challenge: SessionChallenge,
    /// What else to write.
    pub effects: Effects,
}

/// An answered challenge to use up.
#[derive(Clone, Debug)]
pub struct RedeemChallenge {
    /// Which.
    pub challenge: ChallengeId,
    /// Whose it must be.
    pub session: SessionId,
    /// What it must be about.
    pub request: TokenDigest,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// What proves possession.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The code of a time step later than any accepted before.
    TimeStep(u64),
    /// The recovery code at this position, unused so far.
    RecoveryCode(u32),
    /// The code that was sent, unused so far.
    SentCode(OneTimeId),
}

/// A right code.
#[derive(Clone, Debug)]
pub struct AcceptProof {
    /// Whose.
    pub account: AccountId,
    /// Of which authenticator.
    pub authenticator: AuthenticatorId,
    /// What to spend.
    pub proof: Proof,
    /// Whether this makes the authenticator count from now on.
    pub verifies: bool,
    /// The challenge that this answers.
    pub answers: Option<ChallengeId>,
    /// When.
    pub at: Timestamp,
    /// The guess budget.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a right code was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It was.
    Accepted,
    /// It was used before, or its authenticator is gone.
    AlreadyUsed,
    /// The challenge it answers is not the account's, not open any more, or out of time; nothing was written.
    Closed,
    /// Too many wrong guesses; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: std::time::Duration,
    },
}

/// A wrong code.
#[derive(Clone, Debug)]
pub struct RejectProof {
    /// The sent codes the guess was compared with; each counts it.
    pub codes: Vec<OneTimeId>,
    /// The guess budget.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A code to send; its `target` is the authenticator's id, its message is among the effects.
#[derive(Clone)]
pub struct IssueCode {
    /// The code.
    pub code: OneTime,
    /// How often codes may be sent.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// An authenticator to remove.
#[derive(Clone, Debug)]
pub struct RemoveAuthenticator {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub authenticator: AuthenticatorId,
    /// The kinds of those that still count after it.
    pub left: FactorSet,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}
