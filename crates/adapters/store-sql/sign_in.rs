//! What signing in reads and writes.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{Budget, Identifier, PortResult, Purpose, Spending, Timestamp, TokenDigest};
use portcullis_sessions::{
    Candidate, CandidateQuery, HaltSignIn, OpenSession, OpenWrite, PendingSignIn, RefuseSignIn, SignInStore,
};

use super::Store;
use super::account_rows::{PasswordRow, SubjectRow, named, state};
use super::failure::{Clash, Halt, unanswered};
use super::kept::Keep as _;
use super::one_time::OneTimeRow;
use super::schema::{accounts, companies, known_devices, one_time_secrets};
use super::throttle::{self, Reject};
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, time};
use crate::backend::Db;

/// What a halted sign-in can wait for.
const CHALLENGES: [Purpose; 2] = [Purpose::NewPasswordChallenge, Purpose::FactorChallenge];

#[async_trait]
impl SignInStore for Store {
    async fn candidate(&self, query: CandidateQuery) -> PortResult<Option<Candidate>> {
        let mut db = self.backend.reader().await?;
        let device = query.device.as_bytes().to_vec();
        for identifier in &query.identifiers {
            let this_device = known_devices::account.eq(accounts::id).and(known_devices::device.eq(&device));
            let of_company = accounts::table
                .inner_join(companies::table)
                .left_join(known_devices::table.on(this_device))
                .filter(accounts::company.eq(DbUuid::from(query.company)))
                .select((
                    SubjectRow::as_select(),
                    PasswordRow::as_select(),
                    companies::slug,
                    known_devices::account.nullable(),
                ));
            let row: Option<(SubjectRow, PasswordRow, String, Option<DbUuid>)> =
                named!(of_company.into_boxed::<Db>(), identifier)
                    .get_result(&mut *db)
                    .await
                    .optional()
                    .map_err(unanswered)?;
            if let Some((subject, password, slug, device)) = row {
                let subject = subject.into_subject(&slug)?;
                let password = password.into_state();
                return Ok(Some(Candidate { subject, password, known_device: device.is_some() }));
            }
        }
        Ok(None)
    }

    async fn spending(&self, budgets: Vec<Budget>, at: Timestamp) -> PortResult<Spending> {
        if budgets.is_empty() {
            return Ok(Spending::Within);
        }
        let mut db = self.backend.reader().await?;
        throttle::spending(&mut db, &budgets, at).await
    }

    async fn refuse(&self, write: RefuseSignIn) -> PortResult<Spending> {
        let RefuseSignIn { throttle, at, effects } = write;
        self.write(Reject { codes: Vec::new(), throttle, at, effects }).await
    }

    async fn halt(&self, write: HaltSignIn) -> PortResult<OpenWrite> {
        self.write(write).await
    }

    async fn open(&self, write: OpenSession) -> PortResult<OpenWrite> {
        self.write(write).await
    }

    async fn pending(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<PendingSignIn>> {
        let mut db = self.backend.reader().await?;
        let row: Option<(OneTimeRow, SubjectRow, PasswordRow, String)> = one_time_secrets::table
            .inner_join(accounts::table.inner_join(companies::table))
            .filter(one_time_secrets::digest.eq(digest.as_bytes().to_vec()))
            .filter(one_time_secrets::purpose.eq(purpose.as_str()))
            .select((
                OneTimeRow::as_select(),
                SubjectRow::as_select(),
                PasswordRow::as_select(),
                companies::slug,
            ))
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        let Some((challenge, subject, password, slug)) = row else { return Ok(None) };
        Ok(Some(PendingSignIn {
            challenge: challenge.open(&*self.sealer)?,
            subject: subject.into_subject(&slug)?,
            password: password.into_state(),
        }))
    }
}

#[async_trait]
impl WriteSet for HaltSignIn {
    type Answer = OpenWrite;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<OpenWrite, Halt<OpenWrite>> {
        let at = self.challenge.issued_at;
        let account = self.challenge.account;
        tx.admit(&self.throttle, at).await?;
        tx.lock_account(account).await?;
        if let Some(consumed) = self.consumes {
            if !tx.consume(consumed, account, &CHALLENGES, at).await? {
                return Err(Halt::Refused(OpenWrite::Stale));
            }
            tx.void(account, &[self.challenge.purpose], at).await?;
        }
        tx.keep(&self.challenge).await?;
        tx.record(&self.effects).await?;
        Ok(OpenWrite::Done)
    }
}

#[async_trait]
impl WriteSet for OpenSession {
    type Answer = OpenWrite;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<OpenWrite, Halt<OpenWrite>> {
        let at = self.session.created_at;
        tx.admit(&self.throttle, at).await?;
        let stale = || Err(Halt::Refused(OpenWrite::Stale));
        let Some(present) = tx.lock_account(self.session.account).await? else { return stale() };
        let expected = self.expected_hash.as_ref().map(portcullis_kernel::PasswordHash::as_str);
        if expected.is_some() && expected != present.password_hash.as_deref() {
            return stale();
        }
        // Which doors admit pending accounts is the caller's decision; no door admits any of the other states.
        if !state(&present.state)?.admits(true) {
            return stale();
        }
        if let Some(consumed) = self.consumes
            && !tx.consume(consumed, self.session.account, &CHALLENGES, at).await?
        {
            return stale();
        }
        tx.open_session(self).await?;
        for code in &self.demands.codes {
            tx.void_alike(code).await?;
            tx.keep(code).await?;
        }
        tx.record(&self.effects).await?;
        Ok(OpenWrite::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<OpenWrite> {
        (clash == Clash::Handle).then_some(OpenWrite::HandleTaken)
    }
}

impl Tx<'_> {
    async fn open_session(&mut self, write: &OpenSession) -> QueryResult<()> {
        let account = DbUuid::from(write.session.account);
        // Behind the account's lock, so the hash is still the one that the password was compared with.
        if let Some(hash) = write.upgraded_hash.as_ref().filter(|_| write.expected_hash.is_some()) {
            diesel::update(accounts::table.find(account))
                .set(accounts::password_hash.eq(hash.as_str()))
                .kept()
                .execute(self.db)
                .await?;
        }
        diesel::update(accounts::table.find(account))
            .set(accounts::last_sign_in_at.eq(time(write.session.created_at)))
            .kept()
            .execute(self.db)
            .await?;
        let seen = known_devices::last_seen_at.eq(time(write.session.created_at));
        let device = known_devices::device.eq(write.device.as_bytes().to_vec());
        diesel::insert_into(known_devices::table)
            .values((known_devices::account.eq(account), device, seen))
            .on_conflict((known_devices::account, known_devices::device))
            .do_update()
            .set(seen)
            .kept()
            .execute(self.db)
            .await?;
        self.insert_session(&write.session).await?;
        self.insert_challenges(&write.demands.challenges).await?;
        if let Some(refresh) = &write.refresh {
            self.insert_refresh(refresh).await?;
        }
        Ok(())
    }
}
