//! Set a password as an operator.

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, Effects, Password, PolicyBreach, PortError, SessionSweep, Throttle,
    Timestamp,
};

use crate::{Account, Accounts, PasswordChange, SetPassword};

/// A password to set.
#[derive(Clone)]
pub struct SetPasswordCommand {
    /// Whose.
    pub account: Account,
    /// The password.
    pub password: Password,
    /// Whether it only serves for the next sign-in.
    pub temporary: bool,
    /// From when on it must be replaced; if absent, as the rules say.
    pub expires_at: Option<Timestamp>,
    /// Who asks.
    pub client: Client,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// It breaks the company's policy.
    #[error("the password breaks the policy")]
    WeakPassword(Vec<PolicyBreach>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Sets the password without asking for the old one, and ends all sessions of the account.
    pub async fn set_password(&self, command: SetPasswordCommand) -> Result<(), SetPasswordError> {
        let account = command.account;
        let company = self.company_by_id(account.company).await?;
        let company = company.ok_or_else(|| PortError::broken("an account without a company"))?;
        self.rules
            .policies
            .named(company.settings.password_policy)
            .check(&command.password, &account.own_identifiers())
            .map_err(SetPasswordError::WeakPassword)?;
        let hash = self.ports.hasher.hash(company.id, command.password).await?;
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::PasswordSet, &command.client)
            .company(company.id)
            .account(account.id);
        let write = SetPassword {
            account: account.id,
            expected: None,
            password: self.record(hash, command.temporary, command.expires_at),
            sweep: SessionSweep::ALL,
            throttle: Throttle::default(),
            effects: Effects::audit(event),
        };
        match self.ports.accounts.set_password(write).await? {
            PasswordChange::Done => Ok(()),
            PasswordChange::Stale => Err(PortError::broken("an account vanished").into()),
            PasswordChange::Exhausted { .. } => {
                Err(PortError::broken("an operator met a password budget").into())
            }
        }
    }
}
