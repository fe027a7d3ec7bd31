//! Second factors: what they prove, and proofs that are spent once.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountId, AuthenticatorId, OneTime, OneTimeId, PortResult, Purpose, Spending};
use portcullis_mfa::{
    AcceptProof, Acceptance, Authenticator, AuthenticatorStore, Enrol, FactorKind, IssueCode, Proof,
    RejectProof, RemoveAuthenticator,
};

use super::Store;
use super::authenticator_rows::{AuthenticatorRow, CodeRow};
use super::failure::{Halt, unanswered};
use super::one_time::OneTimeRow;
use super::schema::{authenticators, one_time_secrets, recovery_codes};
use super::throttle::Reject;
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, number, time};

#[async_trait]
impl AuthenticatorStore for Store {
    async fn list(&self, account: AccountId) -> PortResult<Vec<Authenticator>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<AuthenticatorRow> = authenticators::table
            .filter(authenticators::account.eq(DbUuid::from(account)))
            .order((authenticators::created_at, authenticators::id))
            .select(AuthenticatorRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let codes = if row.has_codes() { CodeRow::load(&mut db, row.id()).await? } else { Vec::new() };
            found.push(row.open(codes, &*self.sealer)?);
        }
        Ok(found)
    }

    async fn enrol(&self, write: Enrol) -> PortResult<Spending> {
        self.write(write).await
    }

    async fn accept(&self, write: AcceptProof) -> PortResult<Acceptance> {
        self.write(write).await
    }

    async fn reject(&self, write: RejectProof) -> PortResult<Spending> {
        let RejectProof { codes, throttle, at, effects } = write;
        self.write(Reject { codes, throttle, at, effects }).await
    }

    async fn issue_code(&self, write: IssueCode) -> PortResult<Spending> {
        self.write(write).await
    }

    async fn latest_code(&self, authenticator: AuthenticatorId) -> PortResult<Option<OneTime>> {
        let mut db = self.backend.reader().await?;
        let row: Option<OneTimeRow> = one_time_secrets::table
            .filter(one_time_secrets::target.eq(authenticator.to_string()))
            .filter(one_time_secrets::purpose.eq(Purpose::FactorCode.as_str()))
            .filter(one_time_secrets::code.is_not_null())
            .order((one_time_secrets::issued_at.desc(), one_time_secrets::id.desc()))
            .select(OneTimeRow::as_select())
            .first(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }

    async fn remove(&self, write: RemoveAuthenticator) -> PortResult<bool> {
        self.write(write).await
    }
}

#[async_trait]
impl WriteSet for Enrol {
    type Answer = Spending;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Spending, Halt<Spending>> {
        let authenticator = &self.authenticator;
        tx.admit(&self.throttle, authenticator.created_at).await?;
        tx.lock_account(authenticator.account).await?;
        let replaced = authenticators::table
            .filter(authenticators::account.eq(DbUuid::from(authenticator.account)))
            .filter(authenticators::kind.eq(authenticator.factor.kind().as_str()))
            .filter(authenticators::verified_at.is_null());
        diesel::delete(replaced).execute(tx.db).await?;
        let row = AuthenticatorRow::new(authenticator, tx.sealer);
        diesel::insert_into(authenticators::table).values(row).execute(tx.db).await?;
        for code in CodeRow::all(authenticator, tx.sealer) {
            diesel::insert_into(recovery_codes::table).values(code).execute(tx.db).await?;
        }
        if let Some(code) = &self.code {
            tx.keep(code).await?;
        }
        tx.record(&self.effects).await?;
        Ok(Spending::Within)
    }
}

#[async_trait]
impl WriteSet for AcceptProof {
    type Answer = Acceptance;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Acceptance, Halt<Acceptance>> {
        tx.admit(&self.throttle, self.at).await?;
        tx.lock_account(self.account).await?;
        if !tx.is_own(self).await? || !tx.spend(self).await? {
            return Err(Halt::Refused(Acceptance::AlreadyUsed));
        }
        if let Some(challenge) = self.answers
            && !tx.answer(challenge, self.account, self.at).await?
        {
            return Err(Halt::Refused(Acceptance::Closed));
        }
        tx.mark_proved(self).await?;
        tx.record(&self.effects).await?;
        Ok(Acceptance::Accepted)
    }
}

impl Tx<'_> {
    async fn is_own(&mut self, write: &AcceptProof) -> QueryResult<bool> {
        let found: Option<DbUuid> = authenticators::table
            .find(DbUuid::from(write.authenticator))
            .filter(authenticators::account.eq(DbUuid::from(write.account)))
            .select(authenticators::id)
            .get_result(self.db)
            .await
            .optional()?;
        Ok(found.is_some())
    }

    async fn spend(&mut self, write: &AcceptProof) -> QueryResult<bool> {
        let authenticator = DbUuid::from(write.authenticator);
        let spent = match write.proof {
            Proof::TimeStep(step) => {
                let step = number(step);
                let earlier = authenticators::last_step.is_null().or(authenticators::last_step.lt(step));
                let totp = authenticators::kind.eq(FactorKind::Totp.as_str());
                diesel::update(authenticators::table.find(authenticator).filter(totp).filter(earlier))
                    .set(authenticators::last_step.eq(step))
                    .execute(self.db)
                    .await?
            }
            Proof::RecoveryCode(position) => {
                let code = recovery_codes::table
                    .find((authenticator, i64::from(position)))
                    .filter(recovery_codes::used_at.is_null());
                diesel::update(code).set(recovery_codes::used_at.eq(time(write.at))).execute(self.db).await?
            }
            Proof::SentCode(code) => self.use_up_sent_code(code, write).await?,
        };
        Ok(spent == 1)
    }

    async fn use_up_sent_code(&mut self, code: OneTimeId, write: &AcceptProof) -> QueryResult<usize> {
        let usable = one_time_secrets::table
            .find(DbUuid::from(code))
            .filter(one_time_secrets::purpose.eq(Purpose::FactorCode.as_str()))
            .filter(one_time_secrets::target.eq(write.authenticator.to_string()))
            .filter(one_time_secrets::consumed_at.is_null())
            .filter(one_time_secrets::expires_at.gt(time(write.at)));
        diesel::update(usable).set(one_time_secrets::consumed_at.eq(time(write.at))).execute(self.db).await
    }

    /// Notes the change, and when the authenticator first counted if this is what makes it count.
    async fn mark_proved(&mut self, write: &AcceptProof) -> QueryResult<()> {
        let proved = authenticators::table.find(DbUuid::from(write.authenticator));
        diesel::update(proved).set(authenticators::updated_at.eq(time(write.at))).execute(self.db).await?;
        if write.verifies {
            diesel::update(proved.filter(authenticators::verified_at.is_null()))
                .set(authenticators::verified_at.eq(time(write.at)))
                .execute(self.db)
                .await?;
            let kind: String = proved.select(authenticators::kind).get_result(self.db).await?;
            self.close_setups(write.account, &kind).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl WriteSet for IssueCode {
    type Answer = Spending;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Spending, Halt<Spending>> {
        tx.admit(&self.throttle, self.code.issued_at).await?;
        tx.lock_account(self.code.account).await?;
        tx.void_alike(&self.code).await?;
        tx.keep(&self.code).await?;
        tx.record(&self.effects).await?;
        Ok(Spending::Within)
    }
}

#[async_trait]
impl WriteSet for RemoveAuthenticator {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        tx.lock_account(self.account).await?;
        let own = authenticators::table
            .find(DbUuid::from(self.authenticator))
            .filter(authenticators::account.eq(DbUuid::from(self.account)));
        if diesel::delete(own).execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.forget_unanswerable(self.account, self.left).await?;
        tx.follow_factors(self.account, self.at).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }
}
