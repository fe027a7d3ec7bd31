//! Prove a contact by what was sent to it.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, Effects, OneTime, OneTimeSecret, PortError, Purpose, Quota,
    Spending, Throttle, TokenDigest,
};

use crate::{Accounts, ConfirmContact};

/// Wrong tries that a code survives (rehive contract §8).
const CODE_GUESSES: u32 = 5;

/// What proves a contact.
#[derive(Clone)]
pub enum ContactProof {
    /// The key from a verification mail.
    EmailKey(String),
    /// The code from a verification SMS.
    MobileCode {
        /// Whose number; a code of another account is wrong.
        account: AccountId,
        /// The code as typed.
        code: String,
    },
}

/// A contact to prove.
#[derive(Clone)]
pub struct VerifyContact {
    /// By what.
    pub proof: ContactProof,
    /// Who asks.
    pub client: Client,
}

/// Why a contact was not proved.
#[derive(Debug, thiserror::Error)]
pub enum VerifyContactError {
    /// There is no such key, or the code is another one.
    #[error("the key or code is wrong")]
    Wrong,
    /// It was right once: its time is over, a later one replaced it, or it was used.
    #[error("the key or code has expired")]
    Expired,
    /// Too many wrong codes; another one must be asked for.
    #[error("too many wrong codes")]
    Throttled {
        /// When the code would expire anyway.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Marks the contact as verified and answers whose it is. A key that did its work is accepted again until it
    /// expires; a code is not (rehive contract §7.5, §7.15).
    pub async fn verify_contact(&self, command: VerifyContact) -> Result<AccountId, VerifyContactError> {
        match command.proof {
            ContactProof::EmailKey(key) => self.verify_by_key(&key, &command.client).await,
            ContactProof::MobileCode { account, code } => {
                self.verify_by_code(account, &code, &command.client).await
            }
        }
    }

    async fn verify_by_key(&self, key: &str, client: &Client) -> Result<AccountId, VerifyContactError> {
        let found = self.ports.contacts.find(TokenDigest::of(key), Purpose::VerifyEmail).await?;
        let secret = found.ok_or(VerifyContactError::Wrong)?;
        if secret.is_usable(self.ports.ambient.now(), u32::MAX) && self.confirm(&secret, client).await? {
            return Ok(secret.account);
        }
        let in_time = self.ports.ambient.now() < secret.expires_at;
        if in_time && self.proved_already(&secret).await? {
            return Ok(secret.account);
        }
        Err(VerifyContactError::Expired)
    }

    async fn verify_by_code(
        &self,
        account: AccountId,
        guess: &str,
        client: &Client,
    ) -> Result<AccountId, VerifyContactError> {
        let latest = self.ports.contacts.latest(account, Purpose::VerifyMobile).await?;
        let secret = latest.ok_or(VerifyContactError::Wrong)?;
        if !secret.is_usable(self.ports.ambient.now(), u32::MAX) {
            return Err(VerifyContactError::Expired);
        }
        self.count_guess(&secret).await?;
        let right = matches!(&secret.secret, OneTimeSecret::Code(code) if code.matches(guess));
        if !right {
            return Err(VerifyContactError::Wrong);
        }
        if self.confirm(&secret, client).await? { Ok(account) } else { Err(VerifyContactError::Expired) }
    }

    /// Charged before the comparison, so that parallel guesses cannot outrun the count.
    async fn count_guess(&self, secret: &OneTime) -> Result<(), VerifyContactError> {
        let period = secret.expires_at.since(secret.issued_at);
        let quota = Quota { limit: CODE_GUESSES, period };
        let budget = vec![quota.of("contact/code", &secret.id.to_string())];
        let throttle = Throttle { within: budget.clone(), charge: budget, clear: Vec::new() };
        let now = self.ports.ambient.now();
        match self.ports.contacts.reject(secret.id, throttle, now).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(VerifyContactError::Throttled { retry_after }),
        }
    }

    async fn confirm(&self, secret: &OneTime, client: &Client) -> Result<bool, PortError> {
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::ContactVerified, client)
            .company(secret.company)
            .account(secret.account);
        let at = self.ports.ambient.now();
        let write = ConfirmContact { secret: secret.id, at, effects: Effects::audit(event) };
        self.ports.contacts.confirm(write).await
    }

    async fn proved_already(&self, secret: &OneTime) -> Result<bool, PortError> {
        let account = self.by_id(secret.company, secret.account).await?;
        let contact = account.and_then(|account| account.email);
        Ok(contact.is_some_and(|contact| {
            contact.verified_at.is_some() && secret.target.as_deref() == Some(contact.value.as_str())
        }))
    }
}
