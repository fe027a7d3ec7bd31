//! Sessions and refresh tokens.

use portcullis_accounts::Account;
use portcullis_kernel::{Effects, Throttle};
use portcullis_sessions::{Demands, OpenSession, RefreshSession, RefreshToken, Session, SessionKind};

use super::{NOW, client, fresh_token, id, later};

/// An opaque session that was opened at [`NOW`] for an hour.
#[must_use]
pub fn session(account: &Account) -> Session {
    let token = fresh_token();
    Session {
        id: id(),
        company: account.company,
        account: account.id,
        kind: SessionKind::Opaque,
        handle: token.handle(),
        digest: Some(token.digest()),
        client: client(),
        label: None,
        created_at: NOW,
        authenticated_at: NOW,
        expires_at: Some(later(3_600)),
        ended_at: None,
        open_challenges: 0,
        challenged_until: None,
    }
}

/// A first refresh token of `session`, good for a day.
#[must_use]
pub fn refresh_token(session: &Session) -> RefreshToken {
    RefreshToken {
        digest: fresh_token().digest(),
        session: session.id,
        parent: None,
        issued_at: NOW,
        expires_at: later(86_400),
        used_at: None,
        refreshes: 0,
    }
}

/// A token that replaces `parent`.
#[must_use]
pub fn successor(parent: &RefreshToken) -> RefreshToken {
    RefreshToken {
        digest: fresh_token().digest(),
        parent: Some(parent.digest),
        issued_at: later(1),
        used_at: None,
        refreshes: 0,
        ..parent.clone()
    }
}

/// The write-set that opens `session`, with no password and no challenge in play.
#[must_use]
pub fn open(session: &Session) -> OpenSession {
    OpenSession {
        session: session.clone(),
        refresh: None,
        demands: Demands::default(),
        expected_hash: None,
        upgraded_hash: None,
        consumes: None,
        device: session.client.device(),
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

/// The write-set that spends one refresh of `token` at one second after [`NOW`], without rotation or cap.
#[must_use]
pub fn refresh(token: &RefreshToken) -> RefreshSession {
    RefreshSession {
        digest: token.digest,
        seen_used_at: token.used_at,
        cap: None,
        successor: None,
        extends_to: None,
        credential: None,
        at: later(1),
        effects: Effects::default(),
    }
}

/// The write-set that replaces `token` by `successor`.
#[must_use]
pub fn rotate(token: &RefreshToken, successor: &RefreshToken) -> RefreshSession {
    RefreshSession { successor: Some(successor.clone()), ..refresh(token) }
}
