//! Sessions that exist: found, refreshed, derived, ended.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountId, PortResult, TokenDigest};
use portcullis_sessions::{
    DeriveSession, DeriveWrite, EndSessions, EndTarget, LabelSession, RefreshSession, RefreshWrite,
    Refreshable, Session, SessionFilter, SessionKey, SessionStore, Subject,
};
use uuid::Uuid;

use super::Store;
use super::account_rows::SubjectRow;
use super::failure::{Clash, Halt, unanswered};
use super::kept::Keep as _;
use super::lookup::Lookup;
use super::refreshes::is_plain;
use super::schema::{accounts, companies, refresh_tokens, sessions};
use super::session_rows::{RefreshRow, SessionRow, admitted};
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, DbUuid, instant, time};
use crate::backend::{self, Conn, Db, Keys, among, fetch, ids, locked};

type Found = (SessionRow, SubjectRow, String);

/// Sessions and whose they are, by the digest of their credential.
pub(crate) struct SessionsByDigest;

/// Sessions and whose they are, by their id.
pub(crate) struct SessionsById;

/// Sessions whose column is among the keys.
macro_rules! found {
    ($column:expr, $keys:expr) => {
        sessions::table
            .inner_join(accounts::table.inner_join(companies::table))
            .filter(among!($column, $keys))
            .select((SessionRow::as_select(), SubjectRow::as_select(), companies::slug))
    };
}

#[async_trait]
impl Lookup for SessionsByDigest {
    type Key = Vec<u8>;
    type Row = Found;

    async fn load(db: &mut Conn, keys: Keys<Vec<u8>>) -> QueryResult<Vec<(Vec<u8>, Found)>> {
        let rows: Vec<Found> = fetch!(db, found!(sessions::digest, keys))?;
        Ok(rows.into_iter().filter_map(|row| Some((row.0.digest()?, row))).collect())
    }
}

#[async_trait]
impl Lookup for SessionsById {
    type Key = Uuid;
    type Row = Found;

    async fn load(db: &mut Conn, keys: Keys<Uuid>) -> QueryResult<Vec<(Uuid, Found)>> {
        let rows: Vec<Found> = fetch!(db, found!(sessions::id, ids(keys)))?;
        Ok(rows.into_iter().map(|row| (row.0.id(), row)).collect())
    }
}

/// Refresh tokens, their sessions and whose those are, by the digest of the token.
pub(crate) struct RefreshTokens;

#[async_trait]
impl Lookup for RefreshTokens {
    type Key = Vec<u8>;
    type Row = (RefreshRow, Found);

    async fn load(db: &mut Conn, keys: Keys<Vec<u8>>) -> QueryResult<Vec<(Vec<u8>, Self::Row)>> {
        let query = refresh_tokens::table
            .inner_join(sessions::table.inner_join(accounts::table.inner_join(companies::table)))
            .filter(among!(refresh_tokens::digest, keys))
            .select((
                RefreshRow::as_select(),
                (SessionRow::as_select(), SubjectRow::as_select(), companies::slug),
            ));
        let rows: Vec<Self::Row> = fetch!(db, query)?;
        Ok(rows.into_iter().map(|row| (row.0.digest(), row)).collect())
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn find(&self, key: SessionKey) -> PortResult<Option<(Session, Subject)>> {
        let (lookups, backend) = (&self.lookups, &self.backend);
        let row = match key {
            SessionKey::Id(id) => lookups.sessions_by_id.find(backend, id.as_uuid()).await?,
            SessionKey::Digest(digest) => {
                lookups.sessions_by_digest.find(backend, digest.as_bytes().to_vec()).await?
            }
        };
        row.map(|(session, subject, slug)| Ok((session.into_session()?, subject.into_subject(&slug)?)))
            .transpose()
    }

    async fn list(&self, account: AccountId, filter: SessionFilter) -> PortResult<Vec<Session>> {
        let mut db = self.backend.reader().await?;
        backend::drive(async move { list(&mut db, account, &filter).await }).await?
    }

    async fn find_refresh(&self, digest: TokenDigest) -> PortResult<Option<Refreshable>> {
        let digest = digest.as_bytes().to_vec();
        let found = self.lookups.refresh_tokens.find(&self.backend, digest.clone()).await?;
        let Some((token, (session, subject, slug))) = found else { return Ok(None) };
        let token = token.into_token()?;
        // A token that was never used has no successor.
        let successor_used = token.used_at.is_some() && self.successor_used(digest).await?;
        Ok(Some(Refreshable {
            token,
            successor_used,
            session: session.into_session()?,
            subject: subject.into_subject(&slug)?,
        }))
    }

    async fn refresh(&self, write: RefreshSession) -> PortResult<RefreshWrite> {
        if is_plain(&write) { self.refreshes.run(self, write).await } else { self.write(write).await }
    }

    async fn derive(&self, write: DeriveSession) -> PortResult<DeriveWrite> {
        self.write(write).await
    }

    async fn end(&self, write: EndSessions) -> PortResult<u64> {
        self.write(write).await
    }

    async fn label(&self, write: LabelSession) -> PortResult<bool> {
        self.write(write).await
    }
}

async fn list(db: &mut Conn, account: AccountId, filter: &SessionFilter) -> PortResult<Vec<Session>> {
    let rows: Vec<SessionRow> = admitted!(sessions::table.into_boxed::<Db>(), account, filter)
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(db)
        .await
        .map_err(unanswered)?;
    rows.into_iter().map(SessionRow::into_session).collect()
}

impl Store {
    async fn successor_used(&self, parent: Vec<u8>) -> PortResult<bool> {
        let mut db = self.backend.reader().await?;
        let used: i64 = refresh_tokens::table
            .filter(refresh_tokens::parent.eq(parent))
            .filter(refresh_tokens::used_at.is_not_null())
            .count()
            .get_result(&mut *db)
            .await
            .map_err(unanswered)?;
        Ok(used > 0)
    }
}

#[async_trait]
impl WriteSet for DeriveSession {
    type Answer = DeriveWrite;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<DeriveWrite, Halt<DeriveWrite>> {
        tx.lock_account(self.session.account).await?;
        let origin =
            sessions::table.find(DbUuid::from(self.from)).select((sessions::expires_at, sessions::ended_at));
        let row: Option<(Option<DbTime>, Option<DbTime>)> =
            locked!(origin).get_result(tx.db).await.optional()?;
        let at = self.session.created_at;
        let live = row.is_some_and(|(expires_at, ended_at)| {
            ended_at.is_none() && instant(expires_at).is_none_or(|expiry| at < expiry)
        });
        if !live {
            return Err(Halt::Refused(DeriveWrite::Stale));
        }
        if self.ends_origin {
            diesel::update(sessions::table.find(DbUuid::from(self.from)))
                .set(sessions::ended_at.eq(time(at)))
                .kept()
                .execute(tx.db)
                .await?;
        }
        tx.insert_session(&self.session).await?;
        tx.insert_challenges(&self.challenges).await?;
        if let Some(refresh) = &self.refresh {
            tx.insert_refresh(refresh).await?;
        }
        tx.record(&self.effects).await?;
        Ok(DeriveWrite::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<DeriveWrite> {
        (clash == Clash::Handle).then_some(DeriveWrite::HandleTaken)
    }
}

#[async_trait]
impl WriteSet for EndSessions {
    type Answer = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, Halt<u64>> {
        let ended = match &self.target {
            EndTarget::One(session) => tx.end_session(*session, self.at).await?,
            EndTarget::Account(account, sweep) => {
                tx.lock_account(*account).await?;
                tx.sweep(*account, *sweep, self.at).await?
            }
            EndTarget::Both(session, account, sweep) => {
                tx.lock_account(*account).await?;
                let one = tx.end_session(*session, self.at).await?;
                one + tx.sweep(*account, *sweep, self.at).await?
            }
            EndTarget::Matching(account, filter) => {
                tx.lock_account(*account).await?;
                admitted!(diesel::update(sessions::table).into_boxed::<Db>(), *account, filter)
                    .set(sessions::ended_at.eq(time(self.at)))
                    .execute(tx.db)
                    .await?
            }
        };
        tx.record(&self.effects).await?;
        Ok(u64::try_from(ended).unwrap_or(u64::MAX))
    }
}

#[async_trait]
impl WriteSet for LabelSession {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let filter = SessionFilter::handle(&self.handle, self.at);
        let labelled = admitted!(diesel::update(sessions::table).into_boxed::<Db>(), self.account, &filter)
            .set(sessions::label.eq(self.label.clone()))
            .execute(tx.db)
            .await?;
        Ok(labelled > 0)
    }
}
