//! Confirm an account by a signed token that went to its address (barong contract §7.2, §7.3, §11).

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AccountState, AuditAction, AuditEvent, Client, Effects, Email, Identifier, OneTime,
    OneTimeSecret, PortError, Purpose, Quota, Spending, Throttle, Timestamp, Token,
};

use crate::request_contact_verification::counted;
use crate::{Account, Accounts, Company, ConfirmAccount, ConfirmationLetter, letters};

/// A mail to ask for.
#[derive(Clone)]
pub struct SendConfirmation {
    /// In which company.
    pub company: Company,
    /// For which address, as typed.
    pub email: String,
    /// What the mail carries.
    pub letter: ConfirmationLetter,
    /// How often mails may be asked for, per address; charged whether or not anybody has it.
    pub quotas: Vec<Quota>,
    /// Who asks.
    pub client: Client,
}

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum SendConfirmationError {
    /// Too many requests for this address.
    #[error("too many requests for this address")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// A token that came back. That it is genuine and in time, the door found out.
#[derive(Clone)]
pub struct ConfirmByToken {
    /// In which company.
    pub company: Company,
    /// The address it was sent to.
    pub email: String,
    /// What is unique about it.
    pub nonce: Token,
    /// When it was made, and from when on it is refused.
    pub valid: (Timestamp, Timestamp),
    /// Who asks.
    pub client: Client,
}

/// Why no account was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmByTokenError {
    /// No account has the address, or it waits for no confirmation.
    #[error("no account waits for this confirmation")]
    NotPending,
    /// The token was used before.
    #[error("the token was used before")]
    Used,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Mails a token, if a pending account has the address; nobody can tell whether one has.
    pub async fn send_confirmation(&self, command: SendConfirmation) -> Result<(), SendConfirmationError> {
        let pending = self.pending(&command.company, &command.email).await?;
        let subject = counted(command.company.slug.as_str(), &Identifier::folded(&command.email));
        let budgets = command.quotas.iter().map(|quota| quota.of("contact/email", &subject)).collect();
        let action = AuditAction::ContactVerificationRequested;
        let event = AuditEvent::new(&self.ports.ambient, action, &command.client).company(command.company.id);
        let mut effects = match &pending {
            Some((account, _)) => Effects::audit(event.account(account.id)),
            None => Effects::audit(event.denied("nothing to verify")),
        };
        if let Some((_, email)) = &pending {
            let company = &command.company;
            effects = effects.and_send(letters::confirm_account(
                &self.ports.ambient,
                company,
                email,
                &command.letter,
            ));
        }
        let (throttle, at) = (Throttle::spend(budgets), self.ports.ambient.now());
        match self.ports.accounts.reject_password(throttle, at, effects).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(SendConfirmationError::Throttled { retry_after }),
        }
    }

    /// Confirms the account that has the address, once per token, and answers which one it was.
    pub async fn confirm_by_token(&self, command: ConfirmByToken) -> Result<AccountId, ConfirmByTokenError> {
        let pending = self.pending(&command.company, &command.email).await?;
        let (account, email) = pending.ok_or(ConfirmByTokenError::NotPending)?;
        let digest = command.nonce.digest();
        if self.ports.contacts.find(digest, Purpose::ConfirmAccount).await?.is_some() {
            return Err(self.lost(&command).await?);
        }
        let at = self.ports.ambient.now();
        let about = (command.company.id, account.id);
        let label = self.relabel(about, ("email", Some("verified")), at).await?;
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::ContactVerified, &command.client);
        let event = event.company(command.company.id).account(account.id);
        let (issued_at, expires_at) = command.valid;
        let spent = OneTime {
            target: Some(email.as_str().to_owned()),
            consumed_at: Some(at),
            expires_at,
            ..OneTime::issue(
                self.ports.ambient.fresh(),
                about,
                Purpose::ConfirmAccount,
                OneTimeSecret::Token(digest),
                (issued_at, Duration::ZERO),
            )
        };
        let effects = Effects::audit(event).and_relabel(label);
        let write = ConfirmAccount { spent, email, at, effects };
        if self.ports.contacts.confirm_account(write).await? {
            Ok(account.id)
        } else {
            Err(self.lost(&command).await?)
        }
    }

    /// Why a confirmation was too late: the account may have become active meanwhile, by the same token.
    async fn lost(&self, command: &ConfirmByToken) -> Result<ConfirmByTokenError, PortError> {
        let pending = self.pending(&command.company, &command.email).await?;
        Ok(if pending.is_some() { ConfirmByTokenError::Used } else { ConfirmByTokenError::NotPending })
    }

    async fn pending(&self, company: &Company, typed: &str) -> Result<Option<(Account, Email)>, PortError> {
        let Ok(email) = Email::parse(typed) else { return Ok(None) };
        let found = self.ports.accounts.find(company.id, vec![Identifier::Email(email)]).await?;
        let pending = found.filter(|account| account.state == AccountState::Pending);
        Ok(pending.and_then(|account| {
            let email = account.email.as_ref()?.value.clone();
            Some((account, email))
        }))
    }
}
