//! Sessions.

use portcullis_kernel::{AccountId, Client, CompanyId, SessionId, Timestamp, TokenDigest};

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
}

impl Session {
    /// Whether its credential is honoured at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
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
