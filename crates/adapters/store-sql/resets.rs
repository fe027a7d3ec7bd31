//! Password resets.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::PasswordRecord;
use portcullis_kernel::{
    AccountId, CompanyId, Identifier, OneTime, PortResult, Purpose, Spending, TokenDigest,
};
use portcullis_password_reset::{
    CompleteReset, Completion, IssueReset, RejectReset, ResetStore, ResetSubject,
};

use super::Store;
use super::account_rows::{PasswordRow, email, mobile, named, state, username};
use super::companies::settings;
use super::failure::{Halt, unanswered};
use super::one_time::{self, OneTimeRow, PASSWORD_PURPOSES};
use super::schema::{accounts, companies, one_time_secrets};
use super::throttle::Reject;
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbTime, DbUuid, slug};
use crate::backend::Db;

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db))]
struct ResetRow {
    id: DbUuid,
    company: DbUuid,
    state: String,
    username: Option<String>,
    email: Option<String>,
    email_verified_at: Option<DbTime>,
    mobile: Option<String>,
    password_hash: Option<String>,
    password_temporary_until: Option<DbTime>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = companies, check_for_backend(Db))]
struct ResetCompanyRow {
    slug: String,
    name: String,
    settings: DbJson,
}

#[async_trait]
impl ResetStore for Store {
    async fn subject(
        &self,
        company: CompanyId,
        identifiers: Vec<Identifier>,
    ) -> PortResult<Option<ResetSubject>> {
        let mut db = self.backend.reader().await?;
        for identifier in &identifiers {
            let of_company = accounts::table
                .inner_join(companies::table)
                .filter(accounts::company.eq(DbUuid::from(company)))
                .select((ResetRow::as_select(), ResetCompanyRow::as_select()));
            let row: Option<(ResetRow, ResetCompanyRow)> = named!(of_company.into_boxed::<Db>(), identifier)
                .get_result(&mut *db)
                .await
                .optional()
                .map_err(unanswered)?;
            if let Some((account, company)) = row {
                return account.into_subject(&company).map(Some);
            }
        }
        Ok(None)
    }

    async fn by_token(
        &self,
        digest: TokenDigest,
        purpose: Purpose,
    ) -> PortResult<Option<(OneTime, ResetSubject)>> {
        let mut db = self.backend.reader().await?;
        let row: Option<(OneTimeRow, ResetRow, ResetCompanyRow)> = one_time_secrets::table
            .inner_join(accounts::table.inner_join(companies::table))
            .filter(one_time_secrets::digest.eq(digest.as_bytes().to_vec()))
            .filter(one_time_secrets::purpose.eq(purpose.as_str()))
            .select((OneTimeRow::as_select(), ResetRow::as_select(), ResetCompanyRow::as_select()))
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(|(secret, account, company)| {
            Ok((secret.open(&*self.sealer)?, account.into_subject(&company)?))
        })
        .transpose()
    }

    async fn knows(&self, account: AccountId) -> PortResult<bool> {
        let mut db = self.backend.reader().await?;
        let row = accounts::table.find(DbUuid::from(account)).select(accounts::id);
        let known: Option<DbUuid> = row.first(&mut *db).await.optional().map_err(unanswered)?;
        Ok(known.is_some())
    }

    async fn latest_code(&self, account: AccountId) -> PortResult<Option<OneTime>> {
        let mut db = self.backend.reader().await?;
        let row = one_time::latest_code(&mut db, account, Purpose::ResetPassword).await?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }

    async fn issue(&self, write: IssueReset) -> PortResult<Spending> {
        self.write(write).await
    }

    async fn reject(&self, write: RejectReset) -> PortResult<Spending> {
        let RejectReset { code, throttle, at, effects } = write;
        self.write(Reject { codes: code.into_iter().collect(), throttle, at, effects }).await
    }

    async fn complete(&self, write: CompleteReset) -> PortResult<Completion> {
        self.write(write).await
    }
}

#[async_trait]
impl WriteSet for IssueReset {
    type Answer = Spending;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Spending, Halt<Spending>> {
        tx.admit(&self.throttle, self.at).await?;
        if let Some(secret) = &self.secret {
            tx.lock_account(secret.account).await?;
            tx.void(secret.account, &[secret.purpose], self.at).await?;
            tx.keep(secret).await?;
        }
        tx.record(&self.effects).await?;
        Ok(Spending::Within)
    }
}

#[async_trait]
impl WriteSet for CompleteReset {
    type Answer = Completion;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Completion, Halt<Completion>> {
        tx.admit(&self.throttle, self.at).await?;
        let present = tx.lock_account(self.account).await?;
        let usable = tx.consume(self.secret, self.account, &PASSWORD_PURPOSES, self.at).await?;
        if present.is_none() || !usable {
            return Err(Halt::Refused(Completion::AlreadyUsed));
        }
        let password = PasswordRecord {
            hash: self.hash.clone(),
            changed_at: self.at,
            expires_at: self.expires_at,
            temporary_until: None,
        };
        tx.replace_password(self.account, PasswordRow::new(Some(&password))).await?;
        tx.void(self.account, &PASSWORD_PURPOSES, self.at).await?;
        tx.sweep(self.account, self.sweep, self.at).await?;
        tx.record(&self.effects).await?;
        Ok(Completion::Done)
    }
}

impl ResetRow {
    fn into_subject(self, company: &ResetCompanyRow) -> PortResult<ResetSubject> {
        Ok(ResetSubject {
            account: self.id.into(),
            company: self.company.into(),
            company_slug: slug(&company.slug)?,
            company_name: company.name.clone(),
            policy: settings(&company.settings)?.password_policy,
            state: state(&self.state)?,
            username: self.username.as_deref().map(username).transpose()?,
            email: self.email.as_deref().map(email).transpose()?,
            email_verified: self.email_verified_at.is_some(),
            mobile: self.mobile.as_deref().map(mobile).transpose()?,
            has_password: self.password_hash.is_some(),
            has_temporary_password: self.password_hash.is_some() && self.password_temporary_until.is_some(),
        })
    }
}
