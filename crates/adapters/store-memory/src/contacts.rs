//! Secrets that prove control of a contact.

use async_trait::async_trait;
use portcullis_accounts::{
    Account, ConfirmAccount, ConfirmContact, Confirmation, Contact, ContactStore, IssueContactSecret,
    LeaveAccount, RejectContact,
};
use portcullis_kernel::{
    AccountId, AccountState, Email, Mobile, OneTime, OneTimeSecret, PortResult, Purpose, SessionSweep,
    Spending, Timestamp, TokenDigest,
};
use portcullis_service_accounts::Holder;

use crate::MemoryStore;
use crate::state::{Exhausted, Stop};

impl From<Exhausted> for Stop<Confirmation> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(Confirmation::Exhausted { retry_after })
    }
}

#[async_trait]
impl ContactStore for MemoryStore {
    async fn issue(&self, write: IssueContactSecret) -> PortResult<Spending> {
        self.write(|state| {
            let (at, secret) = (write.secret.issued_at, write.secret);
            state.spend(&write.throttle, at)?;
            state.void(at, |earlier| {
                earlier.account == secret.account
                    && earlier.purpose == secret.purpose
                    && earlier.target == secret.target
            });
            state.add_one_time(secret)?;
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn find(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<OneTime>> {
        self.read(|state| state.one_time_by_token(digest, purpose).cloned())
    }

    async fn latest(&self, account: AccountId, purpose: Purpose) -> PortResult<Option<OneTime>> {
        self.read(|state| state.latest_code(|secret| secret.account == account && secret.purpose == purpose))
    }

    async fn confirm(&self, write: ConfirmContact) -> PortResult<Confirmation> {
        self.write(|state| {
            let refused = || Stop::Refused(Confirmation::NotUsable);
            state.spend(&write.throttle, write.at)?;
            let secret = state.consume(write.secret, write.at).ok_or_else(refused)?;
            if secret.purpose == Purpose::VerifyPhone {
                let number = secret.target.as_deref().unwrap_or_default();
                if !state.validate_phone(secret.account, number, write.at) {
                    return Err(refused());
                }
                state.record(write.effects)?;
                return Ok(Confirmation::Done);
            }
            let account = state.accounts.get_mut(&secret.account).ok_or_else(refused)?;
            if !verify(account, &secret, write.at) {
                return Err(refused());
            }
            account.updated_at = write.at;
            account.version = account.version.saturating_add(1);
            state.record(write.effects)?;
            Ok(Confirmation::Done)
        })
    }

    async fn confirm_account(&self, write: ConfirmAccount) -> PortResult<bool> {
        self.write(|state| {
            let refused = || Stop::Refused(false);
            let known = match &write.spent.secret {
                OneTimeSecret::Token(digest) => state.one_time_by_token(*digest, write.spent.purpose),
                OneTimeSecret::Code(_) => None,
            };
            if known.is_some() {
                return Err(refused());
            }
            let account = state.accounts.get_mut(&write.spent.account).ok_or_else(refused)?;
            let named = mark(account.email.as_mut(), Some(&write.email), write.at);
            if account.state != AccountState::Pending || !named {
                return Err(refused());
            }
            account.updated_at = write.at;
            account.version = account.version.saturating_add(1);
            state.add_one_time(write.spent)?;
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn reject(&self, write: RejectContact) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            state.count_wrong_guess(write.secret);
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn leave(&self, write: LeaveAccount) -> PortResult<bool> {
        self.write(|state| {
            let refused = || Stop::Refused(false);
            let own = |secret: &OneTime| secret.account == write.account && secret.purpose == write.purpose;
            state.consume(write.secret, write.at).filter(own).ok_or_else(refused)?;
            let account = state.accounts.get_mut(&write.account).ok_or_else(refused)?;
            if !write.from.contains(&account.state) {
                return Err(refused());
            }
            let from = std::mem::replace(&mut account.state, write.state);
            account.delete_requested_at = account.delete_requested_at.or(write.deletion.then_some(write.at));
            account.updated_at = write.at;
            account.version = account.version.saturating_add(1);
            state.follow(write.account, from, write.state, write.at);
            state.sweep(write.account, SessionSweep::ALL, write.at);
            state.api_keys.retain(|_, key| key.holder != Holder::Account(write.account));
            state.record(write.effects)?;
            Ok(true)
        })
    }
}

/// Marks the contact that the secret's target names; `false` if the account does not have it any more.
fn verify(account: &mut Account, secret: &OneTime, at: Timestamp) -> bool {
    let target = secret.target.as_deref().unwrap_or_default();
    match secret.purpose {
        Purpose::VerifyEmail => mark(account.email.as_mut(), Email::parse(target).ok().as_ref(), at),
        Purpose::VerifyMobile => mark(account.mobile.as_mut(), Mobile::parse(target).ok().as_ref(), at),
        Purpose::VerifyPhone
        | Purpose::ResetPassword
        | Purpose::NewPasswordChallenge
        | Purpose::FactorChallenge
        | Purpose::FactorCode
        | Purpose::Deactivate
        | Purpose::RequestDelete
        | Purpose::ConfirmAccount => false,
    }
}

fn mark<T: PartialEq>(contact: Option<&mut Contact<T>>, target: Option<&T>, at: Timestamp) -> bool {
    let named = contact.filter(|contact| Some(&contact.value) == target);
    named.map(|contact| contact.verified_at = Some(at)).is_some()
}
