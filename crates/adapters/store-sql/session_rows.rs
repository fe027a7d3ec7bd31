//! Sessions and refresh tokens as rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountId, PortResult, SessionId, SessionSweep, SweepScope, Timestamp};
use portcullis_sessions::{RefreshToken, Session, SessionKind};
use uuid::Uuid;

use super::kept::Keep as _;
use super::schema::{refresh_tokens, sessions};
use super::transaction::Tx;
use super::values::{DbTime, DbUuid, address, client, digest, instant, known, small, time, times};
use crate::backend::Db;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Db), treat_none_as_default_value = false)]
pub(crate) struct SessionRow {
    id: DbUuid,
    company: DbUuid,
    account: DbUuid,
    kind: String,
    handle: String,
    digest: Option<Vec<u8>>,
    door: String,
    address: Option<String>,
    user_agent: String,
    label: Option<String>,
    created_at: DbTime,
    authenticated_at: DbTime,
    expires_at: Option<DbTime>,
    ended_at: Option<DbTime>,
    open_challenges: i64,
    challenged_until: Option<DbTime>,
}

/// Narrows a boxed query or update over sessions to those of an account that a filter admits.
macro_rules! admitted {
    ($query:expr, $account:expr, $filter:expr) => {{
        let mut query =
            $query.filter(sessions::account.eq(DbUuid::from($account))).filter(sessions::ended_at.is_null());
        let SessionFilter { live_at, created_from, created_before, permanent, handles, except_handle } =
            $filter;
        if let Some(now) = live_at {
            query = query
                .filter(sessions::expires_at.is_null().or(sessions::expires_at.gt(time(*now))))
                .filter(sessions::challenged_until.is_null().or(sessions::challenged_until.gt(time(*now))));
        }
        if let Some(from) = created_from {
            query = query.filter(sessions::created_at.ge(time(*from)));
        }
        if let Some(end) = created_before {
            query = query.filter(sessions::created_at.lt(time(*end)));
        }
        match permanent {
            Some(true) => query = query.filter(sessions::expires_at.is_null()),
            Some(false) => query = query.filter(sessions::expires_at.is_not_null()),
            None => {}
        }
        if let Some(handles) = handles {
            query = query.filter(sessions::handle.eq_any(handles.clone()));
        }
        if let Some(handle) = except_handle {
            query = query.filter(sessions::handle.ne(handle.clone()));
        }
        query
    }};
}
pub(super) use admitted;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = refresh_tokens, check_for_backend(Db), treat_none_as_default_value = false)]
pub(crate) struct RefreshRow {
    digest: Vec<u8>,
    session: DbUuid,
    parent: Option<Vec<u8>>,
    issued_at: DbTime,
    expires_at: DbTime,
    used_at: Option<DbTime>,
    refreshes: i64,
}

impl SessionRow {
    fn new(session: &Session) -> Self {
        Self {
            id: session.id.into(),
            company: session.company.into(),
            account: session.account.into(),
            kind: session.kind.as_str().to_owned(),
            handle: session.handle.clone(),
            digest: session.digest.map(|digest| digest.as_bytes().to_vec()),
            door: session.client.door.as_str().to_owned(),
            address: address(&session.client),
            user_agent: session.client.user_agent.clone(),
            label: session.label.clone(),
            created_at: time(session.created_at),
            authenticated_at: time(session.authenticated_at),
            expires_at: times(session.expires_at),
            ended_at: times(session.ended_at),
            open_challenges: i64::from(session.open_challenges),
            challenged_until: times(session.challenged_until),
        }
    }

    pub(super) const fn id(&self) -> Uuid {
        self.id.0
    }

    pub(super) fn digest(&self) -> Option<Vec<u8>> {
        self.digest.clone()
    }

    pub(super) fn into_session(self) -> PortResult<Session> {
        Ok(Session {
            id: self.id.into(),
            company: self.company.into(),
            account: self.account.into(),
            kind: known(SessionKind::parse(&self.kind), "sessions.kind")?,
            handle: self.handle,
            digest: self.digest.map(|bytes| digest(&bytes, "sessions.digest")).transpose()?,
            client: client(self.door, self.address.as_deref(), self.user_agent)?,
            label: self.label,
            created_at: self.created_at.0,
            authenticated_at: self.authenticated_at.0,
            expires_at: instant(self.expires_at),
            ended_at: instant(self.ended_at),
            open_challenges: small(self.open_challenges),
            challenged_until: instant(self.challenged_until),
        })
    }
}

impl RefreshRow {
    fn new(token: &RefreshToken) -> Self {
        Self {
            digest: token.digest.as_bytes().to_vec(),
            session: token.session.into(),
            parent: token.parent.map(|digest| digest.as_bytes().to_vec()),
            issued_at: time(token.issued_at),
            expires_at: time(token.expires_at),
            used_at: times(token.used_at),
            refreshes: i64::from(token.refreshes),
        }
    }

    pub(super) fn digest(&self) -> Vec<u8> {
        self.digest.clone()
    }

    pub(super) fn into_token(self) -> PortResult<RefreshToken> {
        Ok(RefreshToken {
            digest: digest(&self.digest, "refresh_tokens.digest")?,
            session: self.session.into(),
            parent: self.parent.map(|bytes| digest(&bytes, "refresh_tokens.parent")).transpose()?,
            issued_at: self.issued_at.0,
            expires_at: self.expires_at.0,
            used_at: instant(self.used_at),
            refreshes: small(self.refreshes),
        })
    }
}

impl Tx<'_> {
    pub(super) async fn insert_session(&mut self, session: &Session) -> QueryResult<()> {
        let row = SessionRow::new(session);
        diesel::insert_into(sessions::table).values(row).execute(self.db).await.map(drop)
    }

    pub(super) async fn insert_refresh(&mut self, token: &RefreshToken) -> QueryResult<()> {
        let row = RefreshRow::new(token);
        diesel::insert_into(refresh_tokens::table).values(row).execute(self.db).await.map(drop)
    }

    /// Ends one session, unless it ended before.
    pub(super) async fn end_session(&mut self, session: SessionId, at: Timestamp) -> QueryResult<usize> {
        let unended = sessions::table.find(DbUuid::from(session)).filter(sessions::ended_at.is_null());
        diesel::update(unended).set(sessions::ended_at.eq(time(at))).kept().execute(self.db).await
    }

    /// Ends the sessions of an account that the sweep reaches; the caller holds the account's lock. Their refresh
    /// tokens need no change: a token is good only while its session lasts.
    pub(super) async fn sweep(
        &mut self,
        account: AccountId,
        sweep: SessionSweep,
        at: Timestamp,
    ) -> QueryResult<usize> {
        let mut reached = diesel::update(sessions::table)
            .filter(sessions::account.eq(DbUuid::from(account)))
            .filter(sessions::ended_at.is_null())
            .into_boxed::<Db>();
        match sweep.scope {
            SweepScope::None => return Ok(0),
            SweepScope::Temporary => reached = reached.filter(sessions::expires_at.is_not_null()),
            SweepScope::All => {}
        }
        if let Some(kept) = sweep.keep {
            reached = reached.filter(sessions::id.ne(DbUuid::from(kept)));
        }
        reached.set(sessions::ended_at.eq(time(at))).kept().execute(self.db).await
    }
}
