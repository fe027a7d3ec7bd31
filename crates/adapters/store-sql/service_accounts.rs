//! Service accounts, and how they and signed keys follow their owner.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::Taken;
use portcullis_kernel::{
    AccountId, AccountState, CompanyId, Page, PageRequest, PortResult, Role, Timestamp, Uid,
};
use portcullis_service_accounts::{
    CreateServiceAccount, ServiceAccount, ServiceAccountStore, ServiceCreation, SetServiceState,
};

use super::Store;
use super::account_rows::{email, labels_level, state};
use super::api_keys::SIGNED;
use super::failure::{Clash, Halt, unanswered};
use super::schema::{accounts, api_keys, authenticators, permissions, service_accounts};
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbTime, DbUuid, bounds, count, time};
use crate::backend::{self, Conn, Db};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = service_accounts, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct ServiceRow {
    id: DbUuid,
    uid: String,
    company: DbUuid,
    owner: DbUuid,
    email: Option<String>,
    role: String,
    state: String,
    created_at: DbTime,
    updated_at: DbTime,
}

/// A service account, and the labels of its owner.
type Found = (ServiceRow, DbJson);

#[async_trait]
impl ServiceAccountStore for Store {
    async fn create(&self, write: CreateServiceAccount) -> PortResult<ServiceCreation> {
        self.write(write).await
    }

    async fn find(&self, company: CompanyId, uid: Uid) -> PortResult<Option<ServiceAccount>> {
        let mut db = self.backend.reader().await?;
        let row: Option<Found> = service_accounts::table
            .inner_join(accounts::table)
            .filter(service_accounts::uid.eq(uid.as_str()))
            .filter(service_accounts::company.eq(DbUuid::from(company)))
            .select((ServiceRow::as_select(), accounts::labels))
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(service_account).transpose()
    }

    async fn of_owner(&self, owner: AccountId) -> PortResult<Vec<ServiceAccount>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<Found> = service_accounts::table
            .inner_join(accounts::table)
            .filter(service_accounts::owner.eq(DbUuid::from(owner)))
            .order((service_accounts::created_at, service_accounts::id))
            .select((ServiceRow::as_select(), accounts::labels))
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        rows.into_iter().map(service_account).collect()
    }

    async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<ServiceAccount>> {
        let mut db = self.backend.reader().await?;
        backend::drive(async move { list(&mut db, company, page).await }).await?
    }

    async fn set_state(&self, write: SetServiceState) -> PortResult<bool> {
        self.write(write).await
    }
}

async fn list(db: &mut Conn, company: CompanyId, page: PageRequest) -> PortResult<Page<ServiceAccount>> {
    let (limit, offset) = bounds(page);
    let of_company = service_accounts::company.eq(DbUuid::from(company));
    let total: i64 =
        service_accounts::table.filter(of_company).count().get_result(db).await.map_err(unanswered)?;
    let rows: Vec<Found> = service_accounts::table
        .inner_join(accounts::table)
        .filter(of_company)
        .order((service_accounts::created_at, service_accounts::id))
        .limit(limit)
        .offset(offset)
        .select((ServiceRow::as_select(), accounts::labels))
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(service_account).collect::<PortResult<_>>()?;
    Ok(Page { items, total: count(total) })
}

#[async_trait]
impl WriteSet for CreateServiceAccount {
    type Answer = ServiceCreation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<ServiceCreation, Halt<ServiceCreation>> {
        let service = &self.service;
        let Some(owner) = tx.lock_account(service.owner).await? else {
            return Err(Halt::Refused(ServiceCreation::NoOwner));
        };
        let of_role: i64 = permissions::table
            .filter(permissions::company.eq(DbUuid::from(service.company)))
            .filter(permissions::role.eq(service.role.as_str()))
            .count()
            .get_result(tx.db)
            .await?;
        if of_role == 0 {
            return Err(Halt::Refused(ServiceCreation::NoRole));
        }
        let row = ServiceRow { state: owner.state, ..ServiceRow::new(service) };
        diesel::insert_into(service_accounts::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(ServiceCreation::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<ServiceCreation> {
        (clash == Clash::Taken(Taken::Uid)).then_some(ServiceCreation::UidTaken)
    }
}

#[async_trait]
impl WriteSet for SetServiceState {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let service = DbUuid::from(self.service);
        let changed = diesel::update(service_accounts::table.find(service))
            .set((
                service_accounts::state.eq(self.state.as_str()),
                service_accounts::updated_at.eq(time(self.at)),
            ))
            .execute(tx.db)
            .await?;
        if changed == 0 {
            return Err(Halt::Refused(false));
        }
        if self.state != AccountState::Active {
            let own = api_keys::table
                .filter(api_keys::service_account.eq(service))
                .filter(api_keys::kind.eq(SIGNED))
                .filter(api_keys::state.eq("active"));
            diesel::update(own)
                .set((api_keys::state.eq("inactive"), api_keys::updated_at.eq(time(self.at))))
                .execute(tx.db)
                .await?;
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

impl Tx<'_> {
    /// Makes service accounts and signed keys follow their owner, whose state is about to become another one; the
    /// caller holds the owner's lock. Nothing changes if the state stays.
    pub(super) async fn follow(
        &mut self,
        owner: AccountId,
        (from, to): (&str, &str),
        at: Timestamp,
    ) -> QueryResult<()> {
        if from == to {
            return Ok(());
        }
        let services = service_accounts::table.filter(service_accounts::owner.eq(DbUuid::from(owner)));
        diesel::update(services)
            .set((service_accounts::state.eq(to), service_accounts::updated_at.eq(time(at))))
            .execute(self.db)
            .await?;
        if to == AccountState::Active.as_str() { Ok(()) } else { self.switch_keys_off(owner, at).await }
    }

    /// Switches the signed keys of an account and of its service accounts off if it has no second factor left.
    pub(super) async fn follow_factors(&mut self, owner: AccountId, at: Timestamp) -> QueryResult<()> {
        let left: i64 = authenticators::table
            .filter(authenticators::account.eq(DbUuid::from(owner)))
            .filter(authenticators::verified_at.is_not_null())
            .count()
            .get_result(self.db)
            .await?;
        if left == 0 { self.switch_keys_off(owner, at).await } else { Ok(()) }
    }

    async fn switch_keys_off(&mut self, owner: AccountId, at: Timestamp) -> QueryResult<()> {
        let owner = DbUuid::from(owner);
        let services = service_accounts::table
            .filter(service_accounts::owner.eq(owner))
            .select(service_accounts::id.nullable());
        let own = api_keys::table
            .filter(api_keys::account.eq(owner).or(api_keys::service_account.eq_any(services)))
            .filter(api_keys::kind.eq(SIGNED))
            .filter(api_keys::state.eq("active"));
        diesel::update(own)
            .set((api_keys::state.eq("inactive"), api_keys::updated_at.eq(time(at))))
            .execute(self.db)
            .await
            .map(drop)
    }
}

impl ServiceRow {
    fn new(service: &ServiceAccount) -> Self {
        Self {
            id: service.id.into(),
            uid: service.uid.as_str().to_owned(),
            company: service.company.into(),
            owner: service.owner.into(),
            email: service.email.as_ref().map(|email| email.as_str().to_owned()),
            role: service.role.as_str().to_owned(),
            state: service.state.as_str().to_owned(),
            created_at: time(service.created_at),
            updated_at: time(service.updated_at),
        }
    }
}

fn service_account((row, labels): Found) -> PortResult<ServiceAccount> {
    Ok(ServiceAccount {
        id: row.id.into(),
        uid: Uid::from_text(row.uid),
        company: row.company.into(),
        owner: row.owner.into(),
        email: row.email.as_deref().map(email).transpose()?,
        role: Role::new(row.role),
        state: state(&row.state)?,
        level: labels_level(&labels)?,
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    })
}
