//! Password resets.

use async_trait::async_trait;
use portcullis_accounts::{Account, PasswordRecord};
use portcullis_kernel::{
    AccountId, CompanyId, Identifier, OneTime, PortResult, Purpose, Spending, TokenDigest,
};
use portcullis_password_reset::{
    CompleteReset, Completion, IssueReset, RejectReset, ResetStore, ResetSubject,
};

use crate::MemoryStore;
use crate::state::{Exhausted, State, Stop};

impl From<Exhausted> for Stop<Completion> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(Completion::Exhausted { retry_after })
    }
}

#[async_trait]
impl ResetStore for MemoryStore {
    async fn subject(
        &self,
        company: CompanyId,
        identifiers: Vec<Identifier>,
    ) -> PortResult<Option<ResetSubject>> {
        self.read(|state| {
            state.named(company, &identifiers).map(|account| reset_subject(state, account)).transpose()
        })?
    }

    async fn by_token(
        &self,
        digest: TokenDigest,
        purpose: Purpose,
    ) -> PortResult<Option<(OneTime, ResetSubject)>> {
        self.read(|state| {
            let Some(secret) = state.one_time_by_token(digest, purpose) else { return Ok(None) };
            let subject = reset_subject(state, state.require_account(secret.account)?)?;
            Ok(Some((secret.clone(), subject)))
        })?
    }

    async fn knows(&self, account: AccountId) -> PortResult<bool> {
        self.read(|state| state.accounts.contains_key(&account))
    }

    async fn latest_code(&self, account: AccountId) -> PortResult<Option<OneTime>> {
        self.read(|state| {
            state.latest_code(|code| code.account == account && code.purpose == Purpose::ResetPassword)
        })
    }

    async fn issue(&self, write: IssueReset) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            if let Some(secret) = write.secret {
                state.void(write.at, |earlier| {
                    earlier.account == secret.account && earlier.purpose == secret.purpose
                });
                state.add_one_time(secret)?;
            }
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn reject(&self, write: RejectReset) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            if let Some(code) = write.code {
                state.count_wrong_guess(code);
            }
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn complete(&self, write: CompleteReset) -> PortResult<Completion> {
        self.write(|state| {
            let used = || Stop::Refused(Completion::AlreadyUsed);
            state.spend(&write.throttle, write.at)?;
            let secret = state.consume(write.secret, write.at);
            secret.filter(|secret| secret.account == write.account).ok_or_else(used)?;
            let account = state.accounts.get_mut(&write.account).ok_or_else(used)?;
            account.password = Some(PasswordRecord {
                hash: write.hash,
                changed_at: write.at,
                expires_at: write.expires_at,
                temporary_until: None,
            });
            state.void_password_secrets(write.account, write.at);
            state.sweep(write.account, write.sweep, write.at);
            state.record(write.effects)?;
            Ok(Completion::Done)
        })
    }
}

fn reset_subject(state: &State, account: &Account) -> PortResult<ResetSubject> {
    let company = state.require_company(account.company)?;
    Ok(ResetSubject {
        account: account.id,
        company: account.company,
        company_slug: company.slug.clone(),
        company_name: company.name.clone(),
        policy: company.settings.password_policy,
        state: account.state,
        username: account.username.clone(),
        email: account.email.as_ref().map(|contact| contact.value.clone()),
        email_verified: account.email.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
        mobile: account.mobile.as_ref().map(|contact| contact.value.clone()),
        has_password: account.password.is_some(),
        has_temporary_password: account
            .password
            .as_ref()
            .is_some_and(|password| password.temporary_until.is_some()),
    })
}
