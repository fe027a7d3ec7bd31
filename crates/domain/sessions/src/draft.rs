//! Sessions before they are written.

use portcullis_kernel::{Ambient, Client, SessionChallenge, Timestamp, Token, TokenDigest};

use crate::{Opened, RefreshToken, Session, SessionKind, SessionPlan, Subject};

/// A session with the secrets that only its owner will see.
pub(crate) struct Draft {
    pub(crate) session: Session,
    credential: Option<Token>,
    refresh: Option<Token>,
    refresh_row: Option<RefreshToken>,
    challenges: Vec<SessionChallenge>,
}

impl Draft {
    pub(crate) fn new(ambient: &Ambient, subject: &Subject, client: &Client, plan: SessionPlan) -> Self {
        let now = ambient.now();
        let credential = match plan.kind {
            SessionKind::Opaque | SessionKind::Cookie => Some(ambient.token()),
            SessionKind::Jwt => None,
        };
        let session = Session {
            id: ambient.fresh(),
            company: subject.company,
            account: subject.id,
            kind: plan.kind,
            handle: credential.as_ref().map_or_else(|| ambient.token().handle(), Token::handle),
            digest: credential.as_ref().map(Token::digest),
            client: client.clone(),
            label: None,
            created_at: now,
            authenticated_at: now,
            expires_at: plan.lifetime.map(|lifetime| now.plus(lifetime)),
            ended_at: None,
            open_challenges: 0,
            challenged_until: None,
        };
        let refresh = plan.refresh_lifetime.map(|lifetime| (ambient.token(), now.plus(lifetime)));
        let refresh_row =
            refresh.as_ref().map(|(token, expires_at)| issued(token, &session, None, (now, *expires_at)));
        Self {
            session,
            credential,
            refresh: refresh.map(|(token, _)| token),
            refresh_row,
            challenges: Vec::new(),
        }
    }

    /// Makes it answer these first.
    pub(crate) fn put(&mut self, challenges: Vec<SessionChallenge>) {
        self.session.put(&challenges);
        self.challenges = challenges;
    }

    pub(crate) fn challenges(&self) -> Vec<SessionChallenge> {
        self.challenges.clone()
    }

    pub(crate) fn refresh_row(&self) -> Option<RefreshToken> {
        self.refresh_row.clone()
    }

    pub(crate) fn into_opened(self, subject: Subject) -> Opened {
        let Self { session, credential, refresh, challenges, .. } = self;
        Opened { session, subject, credential, refresh, challenges }
    }
}

/// A refresh token as kept, unused.
pub(crate) fn issued(
    token: &Token,
    session: &Session,
    parent: Option<TokenDigest>,
    (issued_at, expires_at): (Timestamp, Timestamp),
) -> RefreshToken {
    RefreshToken {
        digest: token.digest(),
        session: session.id,
        parent,
        issued_at,
        expires_at,
        used_at: None,
        refreshes: 0,
    }
}
