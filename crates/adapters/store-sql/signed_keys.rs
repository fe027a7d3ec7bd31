//! Keys that sign.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountState, ApiKeyId, Page, PageRequest, PortResult, Role, Sealer, Secret, Uid};
use portcullis_service_accounts::{
    AmendKey, ApiKey, DeleteSignedKey, Holder, IssueSignedKey, KeyAmendment, KeyColumn, KeyOrder, KeyState,
    SignedIssue, SignedKey, SignedKeyStore,
};

use super::Store;
use super::account_rows::{email, labels_level, state, username};
use super::api_keys::{KeyRow, SECRET, SIGNED, held};
use super::failure::{Halt, unanswered};
use super::lookup::Lookup;
use super::schema::{accounts, api_keys, authenticators, service_accounts};
use super::seals::{self, Place};
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbUuid, bounds, count, time};
use crate::backend::{self, Conn, Db, Keys, among, fetch};
use crate::columns::UuidSql;

diesel::define_sql_function! {
    /// The first of the two that is not null.
    fn coalesce(first: Nullable<UuidSql>, second: Nullable<UuidSql>) -> Nullable<UuidSql>;
}

/// The key.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(Db))]
pub(crate) struct Key {
    id: DbUuid,
    company: DbUuid,
    secret: Vec<u8>,
    secret_key_id: String,
    state: String,
}

/// The account it speaks for.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db))]
pub(crate) struct Person {
    id: DbUuid,
    uid: String,
    email: Option<String>,
    username: Option<String>,
    role: String,
    state: String,
    labels: DbJson,
    referral: Option<String>,
}

/// The service account that holds it, if one does.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = service_accounts, check_for_backend(Db))]
pub(crate) struct Service {
    id: DbUuid,
    uid: String,
    email: Option<String>,
    role: String,
    state: String,
}

type Found = (Key, Person, Option<Service>, bool);

/// Keys that sign, and whom they speak for, by their handle.
pub(crate) struct SignedKeys;

#[async_trait]
impl Lookup for SignedKeys {
    type Key = String;
    type Row = Found;

    async fn load(db: &mut Conn, keys: Keys<String>) -> QueryResult<Vec<(String, Found)>> {
        let held_by = api_keys::service_account.eq(service_accounts::id.nullable());
        let speaks_for =
            accounts::id.nullable().eq(coalesce(api_keys::account, service_accounts::owner.nullable()));
        let factor = authenticators::table
            .filter(authenticators::account.eq(accounts::id))
            .filter(authenticators::verified_at.is_not_null());
        let query = api_keys::table
            .left_join(service_accounts::table.on(held_by))
            .inner_join(accounts::table.on(speaks_for))
            .filter(among!(api_keys::kid, keys))
            .select((
                api_keys::kid,
                (Key::as_select(), Person::as_select(), Option::<Service>::as_select(), exists(factor)),
            ));
        let rows: Vec<(Option<String>, Found)> = fetch!(db, query)?;
        Ok(rows.into_iter().filter_map(|(kid, row)| Some((kid?, row))).collect())
    }
}

#[async_trait]
impl SignedKeyStore for Store {
    async fn issue(&self, write: IssueSignedKey) -> PortResult<SignedIssue> {
        self.write(write).await
    }

    async fn find(&self, kid: String) -> PortResult<Option<SignedKey>> {
        let found = self.lookups.signed_keys.find(&self.backend, kid.clone()).await?;
        found.map(|row| signed_key(kid, row, &*self.sealer)).transpose()
    }

    async fn list(&self, holder: Holder, order: KeyOrder, page: PageRequest) -> PortResult<Page<ApiKey>> {
        let mut db = self.backend.reader().await?;
        let sealer = self.sealer.clone();
        backend::drive(async move { list(&mut db, &*sealer, holder, order, page).await }).await?
    }

    async fn amend(&self, write: AmendKey) -> PortResult<KeyAmendment> {
        self.write(write).await
    }

    async fn delete(&self, write: DeleteSignedKey) -> PortResult<bool> {
        self.write(write).await
    }
}

async fn list(
    db: &mut Conn,
    sealer: &dyn Sealer,
    holder: Holder,
    order: KeyOrder,
    page: PageRequest,
) -> PortResult<Page<ApiKey>> {
    let (limit, offset) = bounds(page);
    let total: i64 = held!(api_keys::table.into_boxed::<Db>(), holder)
        .filter(api_keys::kind.eq(SIGNED))
        .count()
        .get_result(db)
        .await
        .map_err(unanswered)?;
    let own = held!(api_keys::table.into_boxed::<Db>(), holder).filter(api_keys::kind.eq(SIGNED));
    macro_rules! by {
        ($column:expr) => {
            if order.descending { own.order($column.desc()) } else { own.order($column.asc()) }
        };
    }
    let ordered = match order.by {
        KeyColumn::Id => by!(api_keys::id),
        KeyColumn::Kid => by!(api_keys::kid),
        KeyColumn::State => by!(api_keys::state),
        KeyColumn::CreatedAt => by!(api_keys::created_at),
        KeyColumn::UpdatedAt => by!(api_keys::updated_at),
    };
    let rows: Vec<KeyRow> = ordered
        .then_order_by(api_keys::id)
        .limit(limit)
        .offset(offset)
        .select(KeyRow::as_select())
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(|row| row.open(sealer)).collect::<PortResult<_>>()?;
    Ok(Page { items, total: count(total) })
}

#[async_trait]
impl WriteSet for IssueSignedKey {
    type Answer = SignedIssue;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<SignedIssue, Halt<SignedIssue>> {
        if !tx.is_holder_active(self.key.holder).await? {
            return Err(Halt::Refused(SignedIssue::HolderNotActive));
        }
        let row = KeyRow::new(&self.key, tx.sealer)?;
        diesel::insert_into(api_keys::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(SignedIssue::Done)
    }
}

#[async_trait]
impl WriteSet for AmendKey {
    type Answer = KeyAmendment;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<KeyAmendment, Halt<KeyAmendment>> {
        let is_active = tx.is_holder_active(self.holder).await?;
        let own = || {
            held!(api_keys::table.into_boxed::<Db>(), self.holder)
                .filter(api_keys::kind.eq(SIGNED))
                .filter(api_keys::kid.eq(&self.kid))
        };
        let row: Option<KeyRow> = own().select(KeyRow::as_select()).get_result(tx.db).await.optional()?;
        let Some(row) = row else { return Err(Halt::Refused(KeyAmendment::NotFound)) };
        if self.state.as_ref().is_some_and(KeyState::is_active) && !is_active {
            return Err(Halt::Refused(KeyAmendment::HolderNotActive));
        }
        let key = row.open(tx.sealer)?;
        let key = ApiKey {
            scopes: self.scopes.clone().unwrap_or(key.scopes),
            state: self.state.clone().unwrap_or(key.state),
            updated_at: self.at,
            ..key
        };
        diesel::update(api_keys::table.find(DbUuid::from(key.id)))
            .set((
                api_keys::scopes.eq(DbJson::write(&key.scopes)?),
                api_keys::state.eq(key.state.as_str()),
                api_keys::updated_at.eq(time(self.at)),
            ))
            .execute(tx.db)
            .await?;
        tx.record(&self.effects).await?;
        Ok(KeyAmendment::Done(Box::new(key)))
    }
}

#[async_trait]
impl WriteSet for DeleteSignedKey {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let own = held!(diesel::delete(api_keys::table).into_boxed::<Db>(), self.holder)
            .filter(api_keys::kind.eq(SIGNED))
            .filter(api_keys::kid.eq(&self.kid));
        if own.execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

impl Tx<'_> {
    /// Whether the holder is active, and will be until the transaction ends.
    async fn is_holder_active(&mut self, holder: Holder) -> QueryResult<bool> {
        let active = AccountState::Active.as_str();
        match holder {
            Holder::Account(account) => {
                Ok(self.lock_account(account).await?.is_some_and(|account| account.state == active))
            }
            Holder::ServiceAccount(id) => {
                let service = service_accounts::table.find(DbUuid::from(id));
                let owner: Option<DbUuid> =
                    service.select(service_accounts::owner).get_result(self.db).await.optional()?;
                let Some(owner) = owner else { return Ok(false) };
                self.lock_account(owner.into()).await?;
                let state: Option<String> =
                    service.select(service_accounts::state).get_result(self.db).await.optional()?;
                Ok(state.as_deref() == Some(active))
            }
        }
    }
}

fn signed_key(
    kid: String,
    (key, person, service, has_factor): Found,
    sealer: &dyn Sealer,
) -> PortResult<SignedKey> {
    let id = ApiKeyId::from(key.id);
    let secret = seals::open(sealer, key.secret, key.secret_key_id, &Place::new(SECRET, id))?;
    let account = person.id.into();
    let level = labels_level(&person.labels)?;
    let name = person.username.as_deref().map(username).transpose()?;
    let (holder, uid, mail, name, role, standing, referral) = if let Some(service) = service {
        let holder = Holder::ServiceAccount(service.id.into());
        (holder, service.uid, service.email, None, service.role, service.state, None)
    } else {
        let holder = Holder::Account(account);
        (holder, person.uid, person.email, name, person.role, person.state, person.referral)
    };
    Ok(SignedKey {
        id,
        kid,
        secret: Secret::new(secret.as_str()),
        state: KeyState::new(key.state),
        holder,
        company: key.company.into(),
        account,
        uid: Uid::from_text(uid),
        email: mail.as_deref().map(email).transpose()?,
        username: name,
        role: Role::new(role),
        level,
        holder_state: state(&standing)?,
        has_factor,
        referrer: referral.map(Uid::from_text),
    })
}
