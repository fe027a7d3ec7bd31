//! What a session is asked to prove before its credential, or one of its requests, is honoured.

use crate::{AccountId, ChallengeId, CompanyId, FactorSet, SessionId, Timestamp, TokenDigest};

/// Why a challenge is put (rehive contract §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChallengeKind {
    /// The account has a second factor, and the session was opened without it.
    Authentication,
    /// The company wants a second factor for one kind of request.
    Authorization,
    /// The company wants every account to have a second factor, and this one has none.
    Setup,
}

impl ChallengeKind {
    /// The word that stores and the rehive contract (§5.5) use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Authorization => "authorization",
            Self::Setup => "setup",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Authentication, Self::Authorization, Self::Setup]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// How long an answer counts (rehive contract §5.5): for the whole session, or for one request.
    #[must_use]
    pub const fn durability(self) -> &'static str {
        match self {
            Self::Authentication | Self::Setup => "permanent",
            Self::Authorization => "ephemeral",
        }
    }

    /// Whether the session's credential is worth nothing while the challenge is open.
    #[must_use]
    pub const fn shuts_session(self) -> bool {
        match self {
            Self::Authentication | Self::Setup => true,
            Self::Authorization => false,
        }
    }
}

/// A challenge that is put to one session. It exists while it is open; one for a request also between its answer and
/// that request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionChallenge {
    /// Its id.
    pub id: ChallengeId,
    /// Whom it is put to.
    pub session: SessionId,
    /// The company of the session's account.
    pub company: CompanyId,
    /// The session's account.
    pub account: AccountId,
    /// Why it is put.
    pub kind: ChallengeKind,
    /// The kinds of factor that answer it.
    pub factors: FactorSet,
    /// The request that an answer admits, if it is about one.
    pub request: Option<TokenDigest>,
    /// When it was put.
    pub created_at: Timestamp,
    /// From when on it cannot be answered any more, if ever. With [`ChallengeKind::Authentication`] the session dies
    /// as well.
    pub expires_at: Option<Timestamp>,
    /// When it was answered; only one for a request outlives its answer.
    pub completed_at: Option<Timestamp>,
}

impl SessionChallenge {
    /// Whether it can be answered at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.completed_at.is_none() && self.lasts(now)
    }

    /// Whether its time is not over at `now`.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}
