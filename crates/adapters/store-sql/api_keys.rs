//! API keys and their holders.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{ApiKeyId, PortResult, Sealer, Secret, Timestamp, Token, TokenDigest};
use portcullis_service_accounts::{
    ApiKey, ApiKeyStore, DeleteKey, Holder, IssueKey, Issued, KeyKind, KeyState, PresentedKey,
};

use super::Store;
use super::account_rows::{state, username};
use super::failure::{Halt, unanswered};
use super::kept::Keep as _;
use super::lookup::Lookup;
use super::schema::{accounts, api_keys, service_accounts};
use super::seals::{self, Place};
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbTime, DbUuid, instant, known, time, times};
use crate::backend::{Conn, Db, Keys, among, fetch, locked};
use crate::columns::UuidSql;

/// The column that holds the token or signing secret of a key.
pub(super) const SECRET: &str = "api_keys.secret";

const HEADER: &str = "header";
pub(super) const SIGNED: &str = "signed";

/// Narrows a boxed query over API keys to the ones a holder has.
macro_rules! held {
    ($query:expr, $holder:expr) => {
        match $holder {
            Holder::Account(id) => $query.filter(api_keys::account.eq(DbUuid::from(id))),
            Holder::ServiceAccount(id) => $query.filter(api_keys::service_account.eq(DbUuid::from(id))),
        }
    };
}
pub(super) use held;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct KeyRow {
    id: DbUuid,
    company: DbUuid,
    account: Option<DbUuid>,
    service_account: Option<DbUuid>,
    kind: String,
    kid: Option<String>,
    digest: Option<Vec<u8>>,
    secret: Vec<u8>,
    secret_key_id: String,
    name: String,
    scopes: DbJson,
    state: String,
    created_at: DbTime,
    updated_at: DbTime,
    last_used_at: Option<DbTime>,
}

diesel::define_sql_function! {
    /// The first of the two that is not null.
    fn coalesce(first: Nullable<UuidSql>, second: Nullable<UuidSql>) -> Nullable<UuidSql>;
}

type Presented = (DbUuid, DbUuid, String, String, DbUuid, String, Option<String>);

/// Keys that are presented in a header, and whom they speak for, by the digest of their token.
pub(crate) struct HeaderKeys;

#[async_trait]
impl Lookup for HeaderKeys {
    type Key = Vec<u8>;
    type Row = Presented;

    async fn load(db: &mut Conn, keys: Keys<Vec<u8>>) -> QueryResult<Vec<(Vec<u8>, Presented)>> {
        let held_by = api_keys::service_account.eq(service_accounts::id.nullable());
        let speaks_for =
            accounts::id.nullable().eq(coalesce(api_keys::account, service_accounts::owner.nullable()));
        let query = api_keys::table
            .left_join(service_accounts::table.on(held_by))
            .inner_join(accounts::table.on(speaks_for))
            .filter(among!(api_keys::digest, keys))
            .select((
                api_keys::digest,
                (
                    api_keys::id,
                    api_keys::company,
                    api_keys::name,
                    api_keys::state,
                    accounts::id,
                    accounts::state,
                    accounts::username,
                ),
            ));
        let rows: Vec<(Option<Vec<u8>>, Presented)> = fetch!(db, query)?;
        Ok(rows.into_iter().filter_map(|(digest, row)| Some((digest?, row))).collect())
    }
}

#[async_trait]
impl ApiKeyStore for Store {
    async fn issue(&self, write: IssueKey) -> PortResult<Issued> {
        self.write(write).await
    }

    async fn list(&self, holder: Holder) -> PortResult<Vec<ApiKey>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<KeyRow> = held!(api_keys::table.into_boxed::<Db>(), holder)
            .filter(api_keys::kind.eq(HEADER))
            .order((api_keys::created_at, api_keys::id))
            .select(KeyRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        rows.into_iter().map(|row| row.open(&*self.sealer)).collect()
    }

    async fn find(&self, digest: TokenDigest) -> PortResult<Option<PresentedKey>> {
        let found = self.lookups.header_keys.find(&self.backend, digest.as_bytes().to_vec()).await?;
        found.map(presented).transpose()
    }

    async fn delete(&self, write: DeleteKey) -> PortResult<bool> {
        self.write(write).await
    }

    async fn touch(&self, uses: Vec<(ApiKeyId, Timestamp)>) -> PortResult<()> {
        if uses.is_empty() { Ok(()) } else { self.write(Touch(uses)).await }
    }
}

#[async_trait]
impl WriteSet for IssueKey {
    type Answer = Issued;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Issued, Halt<Issued>> {
        tx.lock_holder(self.key.holder).await?;
        let keys: i64 =
            held!(api_keys::table.into_boxed::<Db>(), self.key.holder).count().get_result(tx.db).await?;
        if keys >= i64::from(self.limit) {
            return Err(Halt::Refused(Issued::LimitReached));
        }
        let row = KeyRow::new(&self.key, tx.sealer)?;
        diesel::insert_into(api_keys::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(Issued::Done)
    }
}

#[async_trait]
impl WriteSet for DeleteKey {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let digest = self.digest.as_bytes().to_vec();
        let own = held!(diesel::delete(api_keys::table).into_boxed::<Db>(), self.holder)
            .filter(api_keys::digest.eq(digest));
        if own.execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

struct Touch(Vec<(ApiKeyId, Timestamp)>);

#[async_trait]
impl WriteSet for Touch {
    type Answer = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Halt<()>> {
        let mut uses = self.0.clone();
        uses.sort();
        for (key, at) in uses {
            let earlier = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(time(at)));
            diesel::update(api_keys::table.find(DbUuid::from(key)).filter(earlier))
                .set(api_keys::last_used_at.eq(time(at)))
                .kept()
                .execute(tx.db)
                .await?;
        }
        Ok(())
    }
}

impl Tx<'_> {
    async fn lock_holder(&mut self, holder: Holder) -> QueryResult<()> {
        match holder {
            Holder::Account(account) => self.lock_account(account).await.map(drop),
            Holder::ServiceAccount(id) => {
                let row = service_accounts::table.find(DbUuid::from(id)).select(service_accounts::id);
                locked!(row).first::<DbUuid>(self.db).await.optional().map(|_| ())
            }
        }
    }
}

impl KeyRow {
    pub(super) fn new(key: &ApiKey, sealer: &dyn Sealer) -> PortResult<Self> {
        let (account, service_account) = match key.holder {
            Holder::Account(id) => (Some(id.into()), None),
            Holder::ServiceAccount(id) => (None, Some(id.into())),
        };
        let (kind, kid, digest, text) = match &key.kind {
            KeyKind::Header { token } => {
                (HEADER, None, Some(token.digest().as_bytes().to_vec()), token.reveal())
            }
            KeyKind::Signed { kid, secret } => (SIGNED, Some(kid.clone()), None, secret.reveal()),
        };
        let (secret, secret_key_id) = seals::seal(sealer, text, &Place::new(SECRET, key.id));
        Ok(Self {
            id: key.id.into(),
            company: key.company.into(),
            account,
            service_account,
            kind: kind.to_owned(),
            kid,
            digest,
            secret,
            secret_key_id,
            name: key.name.clone(),
            scopes: DbJson::write(&key.scopes)?,
            state: key.state.as_str().to_owned(),
            created_at: time(key.created_at),
            updated_at: time(key.updated_at),
            last_used_at: times(key.last_used_at),
        })
    }

    pub(super) fn open(self, sealer: &dyn Sealer) -> PortResult<ApiKey> {
        let id = ApiKeyId::from(self.id);
        let text = seals::open(sealer, self.secret, self.secret_key_id, &Place::new(SECRET, id))?;
        let kind = match self.kid {
            None => KeyKind::Header { token: Token::from_text(text.as_str()) },
            Some(kid) => KeyKind::Signed { kid, secret: Secret::new(text.as_str()) },
        };
        let holder = match (self.account, self.service_account) {
            (Some(account), _) => Holder::Account(account.into()),
            (None, service_account) => {
                Holder::ServiceAccount(known(service_account, "api_keys.service_account")?.into())
            }
        };
        Ok(ApiKey {
            id,
            company: self.company.into(),
            holder,
            kind,
            name: self.name,
            scopes: self.scopes.read()?,
            state: KeyState::new(self.state),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            last_used_at: instant(self.last_used_at),
        })
    }
}

fn presented(row: Presented) -> PortResult<PresentedKey> {
    let (id, company, name, key_state, account, account_state, account_username) = row;
    Ok(PresentedKey {
        id: id.into(),
        company: company.into(),
        account: account.into(),
        state: state(&account_state)?,
        username: account_username.as_deref().map(username).transpose()?,
        name,
        active: KeyState::new(key_state).is_active(),
    })
}
