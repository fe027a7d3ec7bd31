//! Sessions.

use portcullis_kernel::{AccountId, Client, CompanyId, SessionChallenge, SessionId, Timestamp, TokenDigest};

/// How the credential of a session travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// An opaque bearer token, found by digest.
    Opaque,
    /// A cookie, found by digest.
    Cookie,
    /// JWTs that carry the session's id.
    Jwt,
}

impl SessionKind {
    /// The word that stores and commands use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Cookie => "cookie",
            Self::Jwt => "jwt",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Opaque, Self::Cookie, Self::Jwt].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One sign-in that lasts, at whatever door it was opened; visible and revocable at every door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id; JWTs carry it.
    pub id: SessionId,
    /// The company of its account.
    pub company: CompanyId,
    /// Whose it is.
    pub account: AccountId,
    /// How its credential travels.
    pub kind: SessionKind,
    /// Its public handle: eight lower-case hexadecimal digits, unique among the account's sessions that have not
    /// ended. Of an opaque token they are the first eight characters.
    pub handle: String,
    /// The digest of its credential; JWT sessions have none.
    pub digest: Option<TokenDigest>,
    /// Who opened it, through which door.
    pub client: Client,
    /// What its owner calls it.
    pub label: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When its owner last proved who they are.
    pub authenticated_at: Timestamp,
    /// From when on its credential is refused; never, for a permanent one.
    pub expires_at: Option<Timestamp>,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// How many challenges must be answered before its credential is honoured.
    pub open_challenges: u32,
    /// When it dies if they are not all answered by then; never, if absent.
    pub challenged_until: Option<Timestamp>,
}

impl Session {
    /// Whether it has neither ended nor expired at `now`. Its credential is honoured then, unless it is challenged.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.is_over(now) && self.expires_at.is_none_or(|expiry| now < expiry)
    }

    /// Whether nothing can revive it at `now`: it was ended, or its challenge was not answered in time.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ended_at.is_some() || self.challenged_until.is_some_and(|end| end <= now)
    }

    /// Whether challenges must be answered before its credential is honoured.
    #[must_use]
    pub const fn is_challenged(&self) -> bool {
        self.open_challenges > 0
    }

    /// Notes which challenges are put to it; those about single requests do not shut it.
    pub fn put(&mut self, challenges: &[SessionChallenge]) {
        let shutting = || challenges.iter().filter(|challenge| challenge.kind.shuts_session());
        self.open_challenges = u32::try_from(shutting().count()).unwrap_or(u32::MAX);
        self.challenged_until = shutting().filter_map(|challenge| challenge.expires_at).min();
    }
}

/// A refresh token as kept. A session can have several, one descending from the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The digest of the token.
    pub digest: TokenDigest,
    /// The session it refreshes.
    pub session: SessionId,
    /// The token it replaced.
    pub parent: Option<TokenDigest>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was first used, if tokens rotate.
    pub used_at: Option<Timestamp>,
    /// How many refreshes it paid for.
    pub refreshes: u32,
}
