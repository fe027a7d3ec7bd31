//! Change an account as an operator.

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Client, Effects, PortError, PortResult, Role, SessionSweep,
    Throttle, Timestamp,
};

use crate::edit::{EDIT_ATTEMPTS, Trace, too_busy};
use crate::labels::settled;
use crate::{Account, Accounts, Label, LabelScope, PasswordChange, PasswordRecord, SetPassword, Taken};

/// What to change; absent and empty members leave things as they are.
#[derive(Clone)]
pub struct AmendCommand {
    /// Which account, as it was read.
    pub account: Account,
    /// Where it shall stand, whatever its labels say.
    pub state: Option<AccountState>,
    /// Its new role.
    pub role: Option<Role>,
    /// Labels to add, or to give a new value: key, value and scope. Key and value are folded to lower case and have
    /// 3 to 255 of `a-z 0-9 _ -` (barong contract §8.10).
    pub labels: Vec<(String, String, LabelScope)>,
    /// Keys of labels to remove, whatever their scope.
    pub remove_labels: Vec<String>,
    /// From when on the password must be replaced. Without effect on an account that has no password.
    pub password_expires_at: Option<Timestamp>,
    /// Who asks.
    pub client: Client,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// A label's key or value has other characters or another length than allowed.
    #[error("label keys and values have 3 to 255 letters a-z, digits, - and _")]
    InvalidLabel,
    /// A new identifier belongs to another account.
    #[error("an identifier is taken")]
    Taken(Taken),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Changes the account and answers it as it is then. A change made meanwhile by somebody else is kept. An
    /// account that leaves the states that may sign in loses all its sessions at once. Where labels decide about
    /// states, changed private labels do so, unless the command names a state.
    ///
    /// The expiry of the password is written after the rest; should that write fail, the rest stands and the
    /// command can be repeated.
    pub async fn amend(&self, command: AmendCommand) -> Result<Account, AmendError> {
        let now = self.ports.ambient.now();
        let labels = command.labels.iter().map(|(key, value, scope)| label(key, value, *scope, now));
        let labels = labels.collect::<Option<Vec<_>>>().ok_or(AmendError::InvalidLabel)?;
        let removed: Vec<_> = command.remove_labels.iter().map(|key| key.trim().to_lowercase()).collect();
        let standing = self.standing_in(command.account.company).await?;
        let trace = Trace { action: AuditAction::AccountChanged, client: &command.client };
        let change = |account: &mut Account| {
            let mut relabelled = account.labels.clone();
            relabelled.retain(|label| !removed.contains(&label.key));
            for label in &labels {
                Label::put(&mut relabelled, label.clone());
            }
            account.state = settled(standing.as_deref(), account, &relabelled);
            account.labels = relabelled;
            if let Some(state) = command.state {
                account.state = state;
                // Who is let in again stays.
                account.delete_requested_at = account.delete_requested_at.filter(|_| !state.admits(true));
            }
            if let Some(role) = &command.role {
                account.role = role.clone();
            }
        };
        let account = self.edit(command.account, trace, change).await?.map_err(AmendError::Taken)?;
        match command.password_expires_at {
            Some(expires_at) => Ok(self.set_expiry(account, expires_at, &command.client).await?),
            None => Ok(account),
        }
    }

    /// Writes the present password again with another expiry, as long as it is still the present one.
    async fn set_expiry(&self, account: Account, at: Timestamp, client: &Client) -> PortResult<Account> {
        let mut account = self.reread(&account).await?;
        for _ in 0..EDIT_ATTEMPTS {
            let Some(record) = account.password.clone() else { return Ok(account) };
            let write = self.expiry_write(&account, record, at, client);
            match self.ports.accounts.set_password(write).await? {
                PasswordChange::Done => return self.reread(&account).await,
                PasswordChange::Stale => account = self.reread(&account).await?,
                PasswordChange::Exhausted { .. } => return Err(too_busy()),
            }
        }
        Err(too_busy())
    }

    fn expiry_write(
        &self,
        account: &Account,
        record: PasswordRecord,
        at: Timestamp,
        client: &Client,
    ) -> SetPassword {
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountChanged, client)
            .company(account.company)
            .account(account.id)
            .detail("password expiry");
        SetPassword {
            account: account.id,
            expected: Some(record.hash.clone()),
            password: PasswordRecord { expires_at: Some(at), ..record },
            sweep: SessionSweep::NONE,
            throttle: Throttle::default(),
            effects: Effects::audit(event),
        }
    }
}

fn label(key: &str, value: &str, scope: LabelScope, now: Timestamp) -> Option<Label> {
    let (Ok(key), Ok(value)) = (Label::text(key), Label::text(value)) else { return None };
    Some(Label { key, value, scope, created_at: now, updated_at: now })
}
