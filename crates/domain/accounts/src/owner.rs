//! What an owner can do with an account after showing its password once more (barong contract §8.9).

use std::time::Duration;

use portcullis_kernel::{
    AccountState, Attempt, AuditAction, AuditEvent, Client, Effects, Password, PortError, PortResult,
    Spending, Throttle, Verdict,
};

use crate::edit::Trace;
use crate::{Account, Accounts, Label, LabelScope};

/// A password that an owner shows once more.
#[derive(Clone)]
pub struct ShowPassword {
    /// Whose account.
    pub account: Account,
    /// The password.
    pub password: Password,
    /// Who asks.
    pub client: Client,
}

/// Why a password proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum ShowPasswordError {
    /// It is wrong, or the account has none.
    #[error("the password is wrong")]
    Wrong,
    /// Too many wrong passwords.
    #[error("too many wrong passwords")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Checks the password of an account whose owner is signed in. Wrong ones spend from the budgets of sign-in, and
    /// while those are exhausted a right one is refused as well.
    pub async fn show_password(&self, command: ShowPassword) -> Result<(), ShowPasswordError> {
        let ShowPassword { account, password, client } = command;
        let attempt = Attempt {
            company: account.company,
            typed: "",
            account: Some(account.id),
            known_device: false,
            client: &client,
        };
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::PasswordChecked, &client)
            .company(account.company)
            .account(account.id);
        let hasher = &self.ports.hasher;
        let verdict = if let Some(record) = &account.password {
            hasher.verify(account.company, password, record.hash.clone()).await?
        } else {
            hasher.verify_nobody(account.company, password).await?;
            Verdict::Mismatch
        };
        let (throttle, event, answer) = match verdict {
            Verdict::Match | Verdict::MatchOutdated => {
                let room = Throttle { within: self.rules.quota.budgets(attempt), ..Throttle::default() };
                (room, event, Ok(()))
            }
            Verdict::Mismatch => (
                self.rules.quota.wrong(attempt),
                event.failed("wrong password"),
                Err(ShowPasswordError::Wrong),
            ),
        };
        let now = self.ports.ambient.now();
        match self.ports.accounts.reject_password(throttle, now, Effects::audit(event)).await? {
            Spending::Within => answer,
            Spending::Exhausted { retry_after } => Err(ShowPasswordError::Throttled { retry_after }),
        }
    }

    /// Deletes the account in its owner's name, as [`Self::delete`] does, and notes who did: the private label
    /// `delete:by_user`.
    pub async fn delete_as_owner(&self, account: Account, client: Client) -> PortResult<()> {
        let trace = Trace { action: AuditAction::AccountDeleted, client: &client };
        let now = self.ports.ambient.now();
        let label = Label {
            key: "delete".to_owned(),
            value: "by_user".to_owned(),
            scope: LabelScope::Private,
            created_at: now,
            updated_at: now,
        };
        let change = |account: &mut Account| {
            Label::put(&mut account.labels, label.clone());
            account.state = AccountState::Deleted;
        };
        let deleted = self.edit(account, trace, change).await?;
        deleted.map(drop).map_err(|_taken| PortError::broken("a deletion met a taken identifier"))
    }
}
