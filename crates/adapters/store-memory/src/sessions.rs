//! Sessions and refresh tokens.

use std::cmp::Reverse;

use async_trait::async_trait;
use portcullis_kernel::{AccountId, PortError, PortResult, Timestamp, TokenDigest};
use portcullis_sessions::{
    DeriveSession, DeriveWrite, EndSessions, EndTarget, LabelSession, RefreshSession, RefreshWrite,
    Refreshable, Session, SessionExtender, SessionFilter, SessionKey, SessionStore, Subject,
};

use crate::MemoryStore;
use crate::state::{State, Stop};

#[async_trait]
impl SessionStore for MemoryStore {
    async fn find(&self, key: SessionKey) -> PortResult<Option<(Session, Subject)>> {
        self.read(|state| {
            let session = match key {
                SessionKey::Id(id) => state.sessions.get(&id),
                SessionKey::Digest(digest) => {
                    state.sessions.values().find(|session| session.digest == Some(digest))
                }
            };
            session.map(|session| with_subject(state, session)).transpose()
        })?
    }

    async fn list(&self, account: AccountId, filter: SessionFilter) -> PortResult<Vec<Session>> {
        self.read(|state| {
            let own = |session: &&Session| session.account == account && filter.admits(session);
            let mut sessions: Vec<_> = state.sessions.values().filter(own).cloned().collect();
            sessions.sort_by_key(|session| Reverse((session.created_at, session.id)));
            sessions
        })
    }

    async fn find_refresh(&self, digest: TokenDigest) -> PortResult<Option<Refreshable>> {
        self.read(|state| {
            let Some(token) = state.refresh_tokens.get(digest.as_bytes()) else { return Ok(None) };
            let session = state.sessions.get(&token.session);
            let session =
                session.ok_or_else(|| PortError::broken("a refresh token belongs to no session"))?;
            let (session, subject) = with_subject(state, session)?;
            // A grandchild exists only if a child was used, so looking at the children is enough.
            let successor_used = state
                .refresh_tokens
                .values()
                .any(|other| other.parent == Some(digest) && other.used_at.is_some());
            Ok(Some(Refreshable { token: token.clone(), successor_used, session, subject }))
        })?
    }

    async fn refresh(&self, write: RefreshSession) -> PortResult<RefreshWrite> {
        self.write(|state| {
            let stale = || Stop::Refused(RefreshWrite::Stale);
            let token = state.refresh_tokens.get_mut(write.digest.as_bytes()).ok_or_else(stale)?;
            let session = state.sessions.get_mut(&token.session).ok_or_else(stale)?;
            let raced = write.successor.is_some() && token.used_at != write.seen_used_at;
            if session.ended_at.is_some() || write.at >= token.expires_at || raced {
                return Err(stale());
            }
            if write.cap.is_some_and(|cap| token.refreshes >= cap) {
                return Err(Stop::Refused(RefreshWrite::CapReached));
            }
            token.refreshes = token.refreshes.saturating_add(1);
            session.expires_at = write.extends_to.or(session.expires_at);
            session.digest = write.credential.or(session.digest);
            if let Some(successor) = write.successor {
                token.used_at = token.used_at.or(Some(write.at));
                state.add_refresh_token(successor)?;
            }
            state.record(write.effects)?;
            Ok(RefreshWrite::Done)
        })
    }

    async fn derive(&self, write: DeriveSession) -> PortResult<DeriveWrite> {
        self.write(|state| {
            let at = write.session.created_at;
            let origin = state.sessions.get_mut(&write.from).filter(|origin| origin.is_live(at));
            let origin = origin.ok_or(Stop::Refused(DeriveWrite::Stale))?;
            if write.ends_origin {
                origin.ended_at = Some(at);
            }
            if state.has_handle_of(&write.session) {
                return Err(Stop::Refused(DeriveWrite::HandleTaken));
            }
            state.add_session(write.session, write.refresh)?;
            for challenge in write.challenges {
                state.add_challenge(challenge)?;
            }
            state.record(write.effects)?;
            Ok(DeriveWrite::Done)
        })
    }

    async fn end(&self, write: EndSessions) -> PortResult<u64> {
        self.write(|state| {
            let ended = match write.target {
                EndTarget::Account(account, sweep) => state.sweep(account, sweep, write.at),
                EndTarget::One(id) => state.end_those(write.at, |session| session.id == id),
                EndTarget::Both(id, account, sweep) => {
                    state.end_those(write.at, |session| session.id == id)
                        + state.sweep(account, sweep, write.at)
                }
                EndTarget::Matching(account, filter) => {
                    state.end_those(write.at, |session| session.account == account && filter.admits(session))
                }
            };
            state.record(write.effects)?;
            Ok(ended)
        })
    }

    async fn label(&self, write: LabelSession) -> PortResult<bool> {
        self.write(|state| {
            let filter = SessionFilter::handle(&write.handle, write.at);
            let own = |session: &&mut Session| session.account == write.account && filter.admits(session);
            let session = state.sessions.values_mut().find(own).ok_or(Stop::Refused(false))?;
            session.label = write.label;
            Ok(true)
        })
    }
}

#[async_trait]
impl SessionExtender for MemoryStore {
    async fn extend(&self, ends: Vec<(TokenDigest, Timestamp)>) -> PortResult<()> {
        self.write(|state| {
            for (digest, end) in ends {
                let own =
                    |session: &&mut Session| session.digest == Some(digest) && session.ended_at.is_none();
                if let Some(session) = state.sessions.values_mut().find(own) {
                    session.expires_at = session.expires_at.map(|known| known.max(end));
                }
            }
            Ok(())
        })
    }
}

fn with_subject(state: &State, session: &Session) -> PortResult<(Session, Subject)> {
    let account = state.require_account(session.account)?;
    Ok((session.clone(), state.subject(account)?))
}

impl State {
    /// Ends the sessions that are meant and have not ended, and counts them.
    fn end_those(&mut self, at: Timestamp, meant: impl Fn(&Session) -> bool) -> u64 {
        let mut ended = 0;
        for session in
            self.sessions.values_mut().filter(|session| session.ended_at.is_none() && meant(session))
        {
            session.ended_at = Some(at);
            ended += 1;
        }
        ended
    }

    /// Whether the account has another unended session of that handle.
    pub(crate) fn has_handle_of(&self, session: &Session) -> bool {
        self.sessions.values().any(|known| {
            known.account == session.account && known.ended_at.is_none() && known.handle == session.handle
        })
    }
}
