//! Refresh a session.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, Effects, PortError, PortResult, Timestamp, Token, TokenDigest,
};

use crate::draft::issued;
use crate::rotation::{Demand, Ruling, rule};
use crate::{
    EndSessions, EndTarget, RefreshSession, RefreshWrite, Refreshable, Session, SessionKind, Sessions,
    Subject,
};

/// How a door's refresh tokens behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshPolicy {
    /// One token refreshes many times and is never replaced.
    Fixed {
        /// How many times at most.
        cap: Option<u32>,
    },
    /// Every use replaces the token, and a replaced one is worth nothing (rehive contract §9). It does not end the
    /// session either: a refresh tells nobody the credential, so there is no thief to lock out.
    SingleUse {
        /// How long each token lasts.
        lifetime: Duration,
    },
    /// Every use replaces the token. A replaced one that comes back ends the session (RFC 9700, §4.14), unless it
    /// may be an honest repetition.
    Rotating {
        /// For how long after its first use a token is honoured again, so that two tabs can share it.
        grace: Duration,
        /// How long each token lasts.
        lifetime: Duration,
    },
}

/// A refresh token that wants its session refreshed.
#[derive(Clone)]
pub struct Refresh {
    /// The token.
    pub token: String,
    /// The kinds of session it may belong to: one door's tokens refresh nothing at another.
    pub kinds: &'static [SessionKind],
    /// The username that must be the account's to the letter, if the door asks for one; the id or verified e-mail
    /// address of an account without a username.
    pub typed: Option<String>,
    /// How the door's tokens behave.
    pub policy: RefreshPolicy,
    /// How long the session lasts from now on, if a refresh extends it.
    pub extend: Option<Duration>,
    /// The credential that the client of a cookie session still has. If that is not the session's any more, a new
    /// one takes its place: the browser forgot the cookie when it expired.
    pub cookie: Option<Token>,
    /// Whether the door honours unconfirmed accounts.
    pub admit_pending: bool,
    /// From where.
    pub client: Client,
}

/// A refreshed session.
#[derive(Clone)]
pub struct Refreshed {
    /// The session.
    pub session: Session,
    /// Its account.
    pub subject: Subject,
    /// The token that replaces the presented one, if tokens rotate.
    pub refresh: Option<Token>,
    /// The credential of a cookie session, old or new.
    pub credential: Option<Token>,
}

/// Why a session was not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is unknown, expired, ended with its session, or another account's; or the account is kept out.
    #[error("the refresh token is not valid")]
    Refused,
    /// The token refreshed as often as it may.
    #[error("the refresh token is used up")]
    CapReached,
    /// A replaced token came back: its session was ended.
    #[error("the refresh token was used before; its session was ended")]
    Reused,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// How often a refresh that lost a race looks again.
const ATTEMPTS: u32 = 4;

impl Sessions {
    /// Refreshes the session of a refresh token. Of several uses at once each is judged after the ones before it.
    pub async fn refresh(&self, command: Refresh) -> Result<Refreshed, RefreshError> {
        let digest = TokenDigest::of(&command.token);
        for _ in 0..ATTEMPTS {
            let found = self.ports.sessions.find_refresh(digest).await?.ok_or(RefreshError::Refused)?;
            let now = self.ambient().now();
            match rule(&found, Demand::of(&command), now) {
                Ruling::Refuse => return Err(RefreshError::Refused),
                Ruling::CapReached => return Err(RefreshError::CapReached),
                Ruling::Reuse => {
                    self.end_reused(&found, &command.client, now).await?;
                    return Err(RefreshError::Reused);
                }
                Ruling::Grant => {}
            }
            let (write, refreshed) = self.granted(found, &command, now);
            match self.ports.sessions.refresh(write).await? {
                RefreshWrite::Done => return Ok(refreshed),
                RefreshWrite::CapReached => return Err(RefreshError::CapReached),
                RefreshWrite::Stale => {}
            }
        }
        Err(RefreshError::Refused)
    }

    /// The account whose session a refresh token would refresh, whatever their state.
    pub async fn refreshing(&self, token: &str) -> PortResult<Option<Subject>> {
        let found = self.ports.sessions.find_refresh(TokenDigest::of(token)).await?;
        Ok(found.map(|found| found.subject))
    }

    fn granted(&self, found: Refreshable, command: &Refresh, now: Timestamp) -> (RefreshSession, Refreshed) {
        let Refreshable { token, mut session, subject, .. } = found;
        let (cap, replacement) = match command.policy {
            RefreshPolicy::Fixed { cap } => (cap, None),
            RefreshPolicy::SingleUse { lifetime } | RefreshPolicy::Rotating { lifetime, .. } => {
                (None, Some((self.ambient().token(), lifetime)))
            }
        };
        let extends_to = command.extend.map(|span| now.plus(span));
        session.expires_at = extends_to.or(session.expires_at);
        let successor = replacement
            .as_ref()
            .map(|(new, lifetime)| issued(new, &session, Some(token.digest), (now, now.plus(*lifetime))));
        let kept = command.cookie.clone().filter(|cookie| session.digest == Some(cookie.digest()));
        let fresh = (session.kind == SessionKind::Cookie && kept.is_none()).then(|| self.ambient().token());
        let event = self.about(AuditAction::SessionRefreshed, &session, &command.client);
        let write = RefreshSession {
            digest: token.digest,
            seen_used_at: token.used_at,
            cap,
            successor,
            extends_to,
            credential: fresh.as_ref().map(Token::digest),
            at: now,
            effects: Effects::audit(event),
        };
        session.digest = write.credential.or(session.digest);
        let refresh = replacement.map(|(new, _)| new);
        (write, Refreshed { session, subject, refresh, credential: fresh.or(kept) })
    }

    async fn end_reused(&self, found: &Refreshable, client: &Client, at: Timestamp) -> PortResult<()> {
        let event = self.about(AuditAction::RefreshReused, &found.session, client);
        let effects = Effects::audit(event.denied("session ended"));
        let target = EndTarget::One(found.session.id);
        self.ports.sessions.end(EndSessions { target, at, effects }).await?;
        Ok(())
    }

    /// An audit entry about a session.
    pub(crate) fn about(&self, action: AuditAction, session: &Session, client: &Client) -> AuditEvent {
        AuditEvent::new(self.ambient(), action, client)
            .company(session.company)
            .account(session.account)
            .session(session.id)
    }
}
