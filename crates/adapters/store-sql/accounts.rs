//! Accounts and their passwords.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{
    Account, AccountStore, AmendAccount, Amendment, CreateAccount, Creation, PasswordChange, SetPassword,
    Taken,
};
use portcullis_kernel::{
    AccountId, CompanyId, Effects, Identifier, OneTime, Page, PageRequest, PortResult, Spending, Throttle,
    Timestamp, Uid,
};

use super::Store;
use super::account_rows::{AccountRow, PasswordRow, named, version};
use super::failure::{Clash, Failure, Halt, unanswered};
use super::one_time::PASSWORD_PURPOSES;
use super::schema::{accounts, companies};
use super::throttle::Reject;
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, bounds, count};
use crate::backend::{self, Conn, Db, locked};

#[async_trait]
impl AccountStore for Store {
    async fn find(&self, company: CompanyId, identifiers: Vec<Identifier>) -> PortResult<Option<Account>> {
        let mut db = self.backend.reader().await?;
        for identifier in &identifiers {
            let of_company = accounts::table.filter(accounts::company.eq(DbUuid::from(company)));
            let row: Option<(AccountRow, PasswordRow, i64)> =
                named!(of_company.into_boxed::<Db>(), identifier)
                    .select((AccountRow::as_select(), PasswordRow::as_select(), accounts::version))
                    .get_result(&mut *db)
                    .await
                    .optional()
                    .map_err(unanswered)?;
            if let Some((account, password, version)) = row {
                return account.into_account(password, version).map(Some);
            }
        }
        Ok(None)
    }

    async fn find_by_uid(&self, uid: Uid) -> PortResult<Option<Account>> {
        let mut db = self.backend.reader().await?;
        let row: Option<(AccountRow, PasswordRow, i64)> = accounts::table
            .filter(accounts::uid.eq(uid.as_str()))
            .select((AccountRow::as_select(), PasswordRow::as_select(), accounts::version))
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(|(account, password, version)| account.into_account(password, version)).transpose()
    }

    async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<Account>> {
        let mut db = self.backend.reader().await?;
        backend::drive(async move { list(&mut db, company, page).await }).await?
    }

    async fn create(&self, write: CreateAccount) -> PortResult<Creation> {
        self.write(write).await
    }

    async fn amend(&self, write: AmendAccount) -> PortResult<Amendment> {
        self.write(write).await
    }

    async fn set_password(&self, write: SetPassword) -> PortResult<PasswordChange> {
        self.write(write).await
    }

    async fn reject_password(
        &self,
        throttle: Throttle,
        at: Timestamp,
        effects: Effects,
    ) -> PortResult<Spending> {
        self.write(Reject { codes: Vec::new(), throttle, at, effects }).await
    }
}

async fn list(db: &mut Conn, company: CompanyId, page: PageRequest) -> PortResult<Page<Account>> {
    let (limit, offset) = bounds(page);
    let of_company = || accounts::table.filter(accounts::company.eq(DbUuid::from(company)));
    let total: i64 = of_company().count().get_result(db).await.map_err(unanswered)?;
    let rows: Vec<(AccountRow, PasswordRow, i64)> = of_company()
        .order((accounts::created_at, accounts::id))
        .limit(limit)
        .offset(offset)
        .select((AccountRow::as_select(), PasswordRow::as_select(), accounts::version))
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(|(account, password, version)| account.into_account(password, version));
    Ok(Page { items: items.collect::<PortResult<_>>()?, total: count(total) })
}

#[async_trait]
impl WriteSet for CreateAccount {
    type Answer = Creation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Creation, Halt<Creation>> {
        if self.first && tx.has_accounts(self.account.company).await? {
            return Err(Halt::Refused(Creation::Taken(Taken::FirstPlace)));
        }
        tx.insert_account(&self.account, &self.secrets).await?;
        tx.accept_terms(&self.account, &self.accepted).await?;
        tx.record(&self.effects).await?;
        Ok(Creation::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<Creation> {
        clash.creation()
    }
}

#[async_trait]
impl WriteSet for AmendAccount {
    type Answer = Amendment;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Amendment, Halt<Amendment>> {
        let present = tx.lock_account(self.account.id).await?;
        let seen = accounts::table
            .filter(accounts::id.eq(DbUuid::from(self.account.id)))
            .filter(accounts::version.eq(version(&self.account)));
        let changed = diesel::update(seen)
            .set((AccountRow::new(&self.account)?, accounts::version.eq(accounts::version + 1)))
            .execute(tx.db)
            .await?;
        if changed == 0 {
            return Err(Halt::Refused(Amendment::Stale));
        }
        if let Some(present) = present {
            let states = (present.state.as_str(), self.account.state.as_str());
            tx.follow(self.account.id, states, self.account.updated_at).await?;
        }
        tx.sweep(self.account.id, self.sweep, self.account.updated_at).await?;
        tx.record(&self.effects).await?;
        Ok(Amendment::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<Amendment> {
        match clash {
            Clash::Taken(taken) => Some(Amendment::Taken(taken)),
            Clash::Generation
            | Clash::Handle
            | Clash::Phone
            | Clash::Validated
            | Clash::Title
            | Clash::OpenProfile
            | Clash::Rule
            | Clash::Stock
            | Clash::Duplicate => None,
        }
    }
}

#[async_trait]
impl WriteSet for SetPassword {
    type Answer = PasswordChange;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<PasswordChange, Halt<PasswordChange>> {
        let at = self.password.changed_at;
        tx.admit(&self.throttle, at).await?;
        let Some(present) = tx.lock_account(self.account).await? else {
            return Err(Halt::Refused(PasswordChange::Stale));
        };
        if self.expected.as_ref().is_some_and(|hash| present.password_hash.as_deref() != Some(hash.as_str()))
        {
            return Err(Halt::Refused(PasswordChange::Stale));
        }
        tx.replace_password(self.account, PasswordRow::new(Some(&self.password))).await?;
        tx.void(self.account, &PASSWORD_PURPOSES, at).await?;
        tx.sweep(self.account, self.sweep, at).await?;
        tx.record(&self.effects).await?;
        Ok(PasswordChange::Done)
    }
}

/// What a write-set checks of an account behind its lock.
#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db))]
pub(super) struct Present {
    pub(super) state: String,
    pub(super) password_hash: Option<String>,
}

impl Tx<'_> {
    /// Adds an account and the secrets that prove its contacts.
    pub(super) async fn insert_account(
        &mut self,
        account: &Account,
        secrets: &[OneTime],
    ) -> Result<(), Failure> {
        let row = (
            AccountRow::new(account).map_err(Failure::Port)?,
            PasswordRow::new(account.password.as_ref()),
            accounts::version.eq(version(account)),
        );
        let insert = diesel::insert_into(accounts::table).values(row);
        insert.execute(self.db).await.map_err(Failure::Sql)?;
        for secret in secrets {
            self.keep(secret).await?;
        }
        Ok(())
    }

    /// Keeps every other write-set that concerns the account waiting until this one ends.
    pub(super) async fn lock_account(&mut self, account: AccountId) -> QueryResult<Option<Present>> {
        let row = accounts::table.find(DbUuid::from(account)).select(Present::as_select());
        locked!(row).get_result(self.db).await.optional()
    }

    pub(super) async fn replace_password(
        &mut self,
        account: AccountId,
        password: PasswordRow,
    ) -> QueryResult<()> {
        diesel::update(accounts::table.find(DbUuid::from(account)))
            .set(password)
            .execute(self.db)
            .await
            .map(drop)
    }

    /// Whether a company has accounts; until the transaction ends nobody else finds it without.
    async fn has_accounts(&mut self, company: CompanyId) -> QueryResult<bool> {
        let row = companies::table.find(DbUuid::from(company)).select(companies::id);
        let company: DbUuid = locked!(row).get_result(self.db).await?;
        let accounts = accounts::table.filter(accounts::company.eq(company));
        diesel::select(diesel::dsl::exists(accounts)).get_result(self.db).await
    }
}
