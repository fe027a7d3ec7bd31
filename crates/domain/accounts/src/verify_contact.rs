//! Prove a contact by what was sent to it.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Budget, Client, Effects, Email, OneTime, OneTimeSecret, PortError,
    PortResult, Purpose, Quota, Spending, Throttle, TokenDigest,
};

use crate::{Accounts, ConfirmContact, Confirmation, RejectContact};

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
    /// It was right once: its time is over, a later one replaced it, it was used, or wrong guesses spent it.
    #[error("the key or code has expired")]
    Expired,
    /// Too many wrong codes for this account.
    #[error("too many wrong codes")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Marks the contact as verified and answers whose it is. A key that did its work is accepted again until it
    /// expires; a code is not, and five wrong guesses spend it (rehive contract §7.5, §7.15, §8). An account that may
    /// not sign in verifies nothing.
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
        if secret.expires_at <= self.ports.ambient.now() {
            return Err(VerifyContactError::Expired);
        }
        if self.proved_already(&secret).await? {
            return Ok(secret.account);
        }
        match self.confirm(&secret, Throttle::default(), client).await? {
            Confirmation::Done => Ok(secret.account),
            // Somebody else may have been faster with the same key.
            Confirmation::NotUsable if self.proved_already(&secret).await? => Ok(secret.account),
            Confirmation::NotUsable => Err(VerifyContactError::Expired),
            Confirmation::Exhausted { .. } => Err(PortError::broken("a key met a budget").into()),
        }
    }

    async fn verify_by_code(
        &self,
        account: AccountId,
        guess: &str,
        client: &Client,
    ) -> Result<AccountId, VerifyContactError> {
        let latest = self.ports.contacts.latest(account, Purpose::VerifyMobile).await?;
        let secret = latest.ok_or(VerifyContactError::Wrong)?;
        if !secret.is_usable(self.ports.ambient.now(), CODE_GUESSES) {
            return Err(VerifyContactError::Expired);
        }
        let budgets = self.guess_budgets(&secret);
        let right = matches!(&secret.secret, OneTimeSecret::Code(code) if code.matches(guess));
        if !right {
            self.count_guess(&secret, budgets, client).await?;
            return Err(VerifyContactError::Wrong);
        }
        let clear = budgets.iter().map(|budget| budget.key).collect();
        let throttle = Throttle { within: budgets, charge: Vec::new(), clear };
        match self.confirm(&secret, throttle, client).await? {
            Confirmation::Done => Ok(account),
            Confirmation::NotUsable => Err(VerifyContactError::Expired),
            Confirmation::Exhausted { retry_after } => Err(VerifyContactError::Throttled { retry_after }),
        }
    }

    /// The account's budget, which a new code does not fill again, and one that lives as long as the code itself.
    pub(crate) fn guess_budgets(&self, secret: &OneTime) -> Vec<Budget> {
        let per_code = Quota { limit: CODE_GUESSES, period: secret.expires_at.since(secret.issued_at) };
        let per_account = self.rules.contact_guesses;
        let per_account = per_account.map(|quota| quota.of("contact/guess", &secret.account.to_string()));
        per_account.into_iter().chain([per_code.of("contact/code", &secret.id.to_string())]).collect()
    }

    async fn count_guess(
        &self,
        secret: &OneTime,
        budgets: Vec<Budget>,
        client: &Client,
    ) -> Result<(), VerifyContactError> {
        let event = self.verification(secret, client).failed("wrong code");
        let at = self.ports.ambient.now();
        let throttle = Throttle::spend(budgets);
        let write = RejectContact { secret: secret.id, throttle, at, effects: Effects::audit(event) };
        match self.ports.contacts.reject(write).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(VerifyContactError::Throttled { retry_after }),
        }
    }

    async fn confirm(
        &self,
        secret: &OneTime,
        throttle: Throttle,
        client: &Client,
    ) -> PortResult<Confirmation> {
        let account = self.by_id(secret.company, secret.account).await?;
        if !account.is_some_and(|account| account.state.admits(true)) {
            return Ok(Confirmation::NotUsable);
        }
        let at = self.ports.ambient.now();
        let label = match secret.purpose {
            Purpose::VerifyEmail => ("email", Some("verified")),
            _ => ("phone", Some("verified")),
        };
        let label = self.relabel((secret.company, secret.account), label, at).await?;
        let effects = Effects::audit(self.verification(secret, client)).and_relabel(label);
        self.ports.contacts.confirm(ConfirmContact { secret: secret.id, throttle, at, effects }).await
    }

    fn verification(&self, secret: &OneTime, client: &Client) -> AuditEvent {
        AuditEvent::new(&self.ports.ambient, AuditAction::ContactVerified, client)
            .company(secret.company)
            .account(secret.account)
    }

    async fn proved_already(&self, secret: &OneTime) -> PortResult<bool> {
        let account = self.by_id(secret.company, secret.account).await?;
        let contact = account.filter(|account| account.state.admits(true)).and_then(|account| account.email);
        let target = secret.target.as_deref().and_then(|target| Email::parse(target).ok());
        Ok(contact.is_some_and(|contact| contact.verified_at.is_some() && Some(contact.value) == target))
    }
}
