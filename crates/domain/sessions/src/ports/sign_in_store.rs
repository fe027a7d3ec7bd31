//! The rows a sign-in reads and writes.

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{
    Budget, CompanyId, Effects, Identifier, OneTime, OneTimeId, PasswordHash, PortResult, Purpose,
    SessionChallenge, Spending, Throttle, Timestamp, TokenDigest,
};

use crate::{PasswordState, RefreshToken, Session, Subject};

/// Keeps what signing in needs.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SignInStore: Send + Sync {
    /// Finds the first account of the company that one of the identifiers names, trying them in order.
    async fn candidate(&self, query: CandidateQuery) -> PortResult<Option<Candidate>>;

    /// Whether every budget has room: a cheap look before expensive work. The write-sets decide.
    async fn spending(&self, budgets: Vec<Budget>, at: Timestamp) -> PortResult<Spending>;

    /// Counts a failed attempt, unless its budget is exhausted already: then nothing is written.
    async fn refuse(&self, write: RefuseSignIn) -> PortResult<Spending>;

    /// Halts a sign-in at a challenge. Voids earlier challenges of the account for the same purpose only when
    /// `consumes` names one. Must be refused like an open when a budget is exhausted.
    async fn halt(&self, write: HaltSignIn) -> PortResult<OpenWrite>;

    /// Opens a session, puts its challenges, keeps the codes sent for them (which void earlier ones of the same
    /// authenticator), remembers the device, and replaces the hash if asked. Must write nothing when a budget is
    /// exhausted, when `expected_hash` is given and no longer the account's, when the account's state changed, or
    /// when the challenge it consumes is used or expired. Must be [`OpenWrite::HandleTaken`], nothing written, if the
    /// account has an unended session of that handle. Notes when the account last signed in.
    async fn open(&self, write: OpenSession) -> PortResult<OpenWrite>;

    /// Finds a halted sign-in by the digest of its challenge, used or not.
    async fn pending(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<PendingSignIn>>;
}

/// Whom to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateQuery {
    /// In which company.
    pub company: CompanyId,
    /// Under which names, in order of precedence.
    pub identifiers: Vec<Identifier>,
    /// The device that asks.
    pub device: TokenDigest,
}

/// An account that may be signing in.
#[derive(Clone)]
pub struct Candidate {
    /// Who.
    pub subject: Subject,
    /// With which password, if it has one.
    pub password: Option<PasswordState>,
    /// Whether the device signed in to it before.
    pub known_device: bool,
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct RefuseSignIn {
    /// What it spends.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A sign-in that waits for an answer.
#[derive(Clone)]
pub struct HaltSignIn {
    /// The challenge.
    pub challenge: OneTime,
    /// The challenge that this one follows.
    pub consumes: Option<OneTimeId>,
    /// The password budget.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// A complete sign-in.
#[derive(Clone)]
pub struct OpenSession {
    /// The session.
    pub session: Session,
    /// Its refresh token.
    pub refresh: Option<RefreshToken>,
    /// What it must prove before it is a credential.
    pub demands: Demands,
    /// The hash the password was compared with; absent after a challenge.
    pub expected_hash: Option<PasswordHash>,
    /// A stronger hash of the same password.
    pub upgraded_hash: Option<PasswordHash>,
    /// The challenge that this answers.
    pub consumes: Option<OneTimeId>,
    /// The device to remember.
    pub device: TokenDigest,
    /// The password budget.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// What a session must prove before it is a credential.
#[derive(Clone, Default)]
pub struct Demands {
    /// The challenges; the session's own fields count them already.
    pub challenges: Vec<SessionChallenge>,
    /// Codes that are sent for them.
    pub codes: Vec<OneTime>,
}

/// How an open or halt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenWrite {
    /// Written.
    Done,
    /// The account, its password or the challenge changed since it was read; nothing was written.
    Stale,
    /// Another draw is needed: the account has a session of that handle; nothing was written.
    HandleTaken,
    /// Too many failures; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: Duration,
    },
}

/// A halted sign-in.
#[derive(Clone)]
pub struct PendingSignIn {
    /// Its challenge.
    pub challenge: OneTime,
    /// Who is signing in.
    pub subject: Subject,
    /// With which password.
    pub password: Option<PasswordState>,
}
