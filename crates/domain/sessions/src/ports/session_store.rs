//! The rows of sessions that exist.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, Effects, PortResult, SessionChallenge, SessionId, SessionSweep, Timestamp, TokenDigest,
};

use crate::{RefreshToken, Session, SessionFilter, Subject};

/// Keeps sessions.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Finds a session and its account, whatever their state, in one read.
    async fn find(&self, key: SessionKey) -> PortResult<Option<(Session, Subject)>>;

    /// The sessions of an account that the filter admits, newest first. An account can have ten
    /// thousand of them.
    async fn list(&self, account: AccountId, filter: SessionFilter) -> PortResult<Vec<Session>>;

    /// Finds a refresh token with its session and account, whatever their state.
    async fn find_refresh(&self, digest: TokenDigest) -> PortResult<Option<Refreshable>>;

    /// Spends a refresh. Must be [`RefreshWrite::Stale`] when the session ended or the token expired, and, with a
    /// successor, when the token's `used_at` is not what the caller saw: of two uses at once one wins.
    async fn refresh(&self, write: RefreshSession) -> PortResult<RefreshWrite>;

    /// Opens a session from another one and puts its challenges. Must be [`DeriveWrite::Stale`], nothing written,
    /// unless the other is live, and [`DeriveWrite::HandleTaken`] if the account has an unended session of that
    /// handle.
    async fn derive(&self, write: DeriveSession) -> PortResult<DeriveWrite>;

    /// Ends sessions and voids their refresh tokens; answers how many were ended by this call.
    async fn end(&self, write: EndSessions) -> PortResult<u64>;

    /// Renames a session. Must answer `false` and write nothing unless the account has a live session of that handle.
    async fn label(&self, write: LabelSession) -> PortResult<bool>;
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
    /// The digest of its credential from now on, if that changes.
    pub credential: Option<TokenDigest>,
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

/// How a derivation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeriveWrite {
    /// Written.
    Done,
    /// The other session is not live; nothing was written.
    Stale,
    /// Another draw is needed; nothing was written.
    HandleTaken,
}

/// A new label for a session.
#[derive(Clone, Debug)]
pub struct LabelSession {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub handle: String,
    /// What its owner calls it from now on.
    pub label: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Which sessions to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndTarget {
    /// This one.
    One(SessionId),
    /// Those of an account that a sweep reaches.
    Account(AccountId, SessionSweep),
    /// This one, and those of its account that a sweep reaches.
    Both(SessionId, AccountId, SessionSweep),
    /// Those of an account that a filter admits.
    Matching(AccountId, SessionFilter),
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
