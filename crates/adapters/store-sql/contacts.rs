//! Proof of contacts.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{
    ConfirmAccount, ConfirmContact, Confirmation, ContactStore, IssueContactSecret, LeaveAccount,
    RejectContact,
};
use portcullis_kernel::{
    AccountId, AccountState, Email, OneTime, OneTimeSecret, PortResult, Purpose, Spending, Timestamp,
    TokenDigest,
};

use super::Store;
use super::failure::{Clash, Halt};
use super::one_time;
use super::schema::{accounts, one_time_secrets};
use super::throttle::Reject;
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, known, time};

#[async_trait]
impl ContactStore for Store {
    async fn issue(&self, write: IssueContactSecret) -> PortResult<Spending> {
        self.write(write).await
    }

    async fn find(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<OneTime>> {
        let mut db = self.backend.reader().await?;
        let row = one_time::by_digest(&mut db, digest, purpose).await?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }

    async fn latest(&self, account: AccountId, purpose: Purpose) -> PortResult<Option<OneTime>> {
        let mut db = self.backend.reader().await?;
        let row = one_time::latest_code(&mut db, account, purpose).await?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }

    async fn confirm(&self, write: ConfirmContact) -> PortResult<Confirmation> {
        self.write(write).await
    }

    async fn confirm_account(&self, write: ConfirmAccount) -> PortResult<bool> {
        self.write(write).await
    }

    async fn reject(&self, write: RejectContact) -> PortResult<Spending> {
        let RejectContact { secret, throttle, at, effects } = write;
        self.write(Reject { codes: vec![secret], throttle, at, effects }).await
    }

    async fn leave(&self, write: LeaveAccount) -> PortResult<bool> {
        self.write(write).await
    }
}

#[async_trait]
impl WriteSet for IssueContactSecret {
    type Answer = Spending;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Spending, Halt<Spending>> {
        tx.admit(&self.throttle, self.secret.issued_at).await?;
        tx.lock_account(self.secret.account).await?;
        tx.void_alike(&self.secret).await?;
        tx.keep(&self.secret).await?;
        tx.record(&self.effects).await?;
        Ok(Spending::Within)
    }
}

#[async_trait]
impl WriteSet for ConfirmContact {
    type Answer = Confirmation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Confirmation, Halt<Confirmation>> {
        let refused = || Halt::Refused(Confirmation::NotUsable);
        tx.admit(&self.throttle, self.at).await?;
        let row: Option<(DbUuid, String, Option<String>)> = one_time_secrets::table
            .find(DbUuid::from(self.secret))
            .select((one_time_secrets::account, one_time_secrets::purpose, one_time_secrets::target))
            .get_result(tx.db)
            .await
            .optional()?;
        let Some((account, purpose, target)) = row else { return Err(refused()) };
        let account = AccountId::from(account);
        let purpose = known(Purpose::parse(&purpose), "one_time_secrets.purpose")?;
        tx.lock_account(account).await?;
        let confirmed = tx.consume(self.secret, account, &[purpose], self.at).await?
            && tx.mark_verified(account, purpose, target.as_deref(), self.at).await?;
        if !confirmed {
            return Err(refused());
        }
        tx.record(&self.effects).await?;
        Ok(Confirmation::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<Confirmation> {
        matches!(clash, Clash::Validated).then_some(Confirmation::NotUsable)
    }
}

#[async_trait]
impl WriteSet for ConfirmAccount {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let account = self.spent.account;
        let present = tx.lock_account(account).await?;
        let pending = present.is_some_and(|present| present.state == AccountState::Pending.as_str());
        let marked = pending
            && !tx.is_spent(&self.spent).await?
            && tx.mark_verified(account, Purpose::VerifyEmail, Some(self.email.as_str()), self.at).await?;
        if !marked {
            return Err(Halt::Refused(false));
        }
        tx.keep(&self.spent).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

impl Tx<'_> {
    /// Whether a token was used up before.
    async fn is_spent(&mut self, secret: &OneTime) -> QueryResult<bool> {
        let OneTimeSecret::Token(digest) = &secret.secret else { return Ok(false) };
        let same = one_time_secrets::table.filter(one_time_secrets::digest.eq(digest.as_bytes().to_vec()));
        let found: i64 = same.count().get_result(self.db).await?;
        Ok(found > 0)
    }

    /// `false` if the account no longer has the contact. Secrets for anything else name none.
    async fn mark_verified(
        &mut self,
        account: AccountId,
        purpose: Purpose,
        target: Option<&str>,
        at: Timestamp,
    ) -> QueryResult<bool> {
        let target = target.unwrap_or_default();
        let row = accounts::table.filter(accounts::id.eq(DbUuid::from(account)));
        let changed = (accounts::updated_at.eq(time(at)), accounts::version.eq(accounts::version + 1));
        let marked = match purpose {
            Purpose::VerifyEmail => {
                let key = Email::parse(target).map(|email| email.key().to_owned()).unwrap_or_default();
                diesel::update(row.filter(accounts::email_key.eq(key)))
                    .set((accounts::email_verified_at.eq(time(at)), changed))
                    .execute(self.db)
                    .await?
            }
            Purpose::VerifyMobile => {
                diesel::update(row.filter(accounts::mobile.eq(target)))
                    .set((accounts::mobile_verified_at.eq(time(at)), changed))
                    .execute(self.db)
                    .await?
            }
            Purpose::VerifyPhone => self.validate_phone(account, target, at).await?,
            Purpose::ResetPassword
            | Purpose::NewPasswordChallenge
            | Purpose::FactorChallenge
            | Purpose::FactorCode
            | Purpose::Deactivate
            | Purpose::RequestDelete
            | Purpose::ConfirmAccount => 0,
        };
        Ok(marked == 1)
    }
}
