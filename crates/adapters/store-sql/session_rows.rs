//! Sessions and refresh tokens as rows.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountId, PortResult, SessionSweep, SweepScope, Timestamp};
use portcullis_sessions::{RefreshToken, Session, SessionKind};

use super::schema::{refresh_tokens, sessions};
use super::transaction::Tx;
use super::values::{DbTime, DbUuid, address, client, digest, instant, known, small, time, times};
use crate::backend::Db;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Db))]
pub(super) struct SessionRow {
    id: DbUuid,
    company: DbUuid,
    account: DbUuid,
    kind: String,
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

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = refresh_tokens, check_for_backend(Db))]
pub(super) struct RefreshRow {
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

    pub(super) fn into_session(self) -> PortResult<Session> {
        Ok(Session {
            id: self.id.into(),
            company: self.company.into(),
            account: self.account.into(),
            kind: known(SessionKind::parse(&self.kind), "sessions.kind")?,
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
        reached.set(sessions::ended_at.eq(time(at))).execute(self.db).await
    }
}
