//! The rows of sessions that exist.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, Effects, PortResult, SessionChallenge, SessionId, SessionSweep, Timestamp, TokenDigest,
};

use crate::{RefreshToken, Session, Subject};

/// Keeps sessions.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Finds a session and its account, whatever their state, in one read.
    async fn find(&self, key: SessionKey) -> PortResult<Option<(Session, Subject)>>;

    /// The sessions of an account that have not ended, expired ones included, newest first.
    async fn list(&self, account: AccountId) -> PortResult<Vec<Session>>;

    /// Finds a refresh token with its session and account, whatever their state.
    async fn find_refresh(&self, digest: TokenDigest) -> PortResult<Option<Refreshable>>;

    /// Spends a refresh. Must be [`RefreshWrite::Stale`] when the session ended or the token expired, and, with a
    /// successor, when the token's `used_at` is not what the caller saw: of two uses at once one wins.
    async fn refresh(&self, write: RefreshSession) -> PortResult<RefreshWrite>;

    /// Opens a session from another one and puts its challenges. Must answer `false` and write nothing unless the other is live.
    async fn derive(&self, write: DeriveSession) -> PortResult<bool>;

    /// Ends sessions and voids their refresh tokens; answers how many were ended by this call.
    async fn end(&self, write: EndSessions) -> PortResult<u64>;
}

/// How to find a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// By its id.
    Id(SessionId),
    /// By the digest of its credential.
    Digest(TokenDigest),
}

/// A refresh token in context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshable {
    /// The token.
    pub token: RefreshToken,
    /// Whether a token that descends from it was used.
    pub successor_used: bool,
    /// Its session.
    pub session: Session,
    /// The account.
    pub subject: Subject,
}

/// One refresh.
#[derive(Clone, Debug)]
pub struct RefreshSession {
    /// The token that pays.
    pub digest: TokenDigest,
    /// When the caller saw it used.
    pub seen_used_at: Option<Timestamp>,
    /// The most refreshes it pays for.
    pub cap: Option<u32>,
    /// The token that replaces it, if tokens rotate.
    pub successor: Option<RefreshToken>,
    /// When the session ends from now on, if that changes.
    pub extends_to: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// How a refresh ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshWrite {
    /// Written.
    Done,
    /// The token paid for as many refreshes as it may; nothing was written.
    CapReached,
    /// The session or token is no longer what the caller saw; nothing was written.
    Stale,
}

/// A session opened from another.
#[derive(Clone, Debug)]
pub struct DeriveSession {
    /// The new session.
    pub session: Session,
    /// Its refresh token.
    pub refresh: Option<RefreshToken>,
    /// What it must prove before it is a credential.
    pub challenges: Vec<SessionChallenge>,
    /// The one it comes from.
    pub from: SessionId,
    /// Whether that one ends.
    pub ends_origin: bool,
    /// What else to write.
    pub effects: Effects,
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndTarget {
    /// This one.
    One(SessionId),
    /// Those of an account that a sweep reaches.
    Account(AccountId, SessionSweep),
}

/// Sessions to end.
#[derive(Clone, Debug)]
pub struct EndSessions {
    /// Which.
    pub target: EndTarget,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}
