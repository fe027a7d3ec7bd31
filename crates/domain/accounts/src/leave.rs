//! Put an account to rest with the key its owner was sent.

use portcullis_kernel::{
    AccountId, AccountState, AuditAction, AuditEvent, Client, Effects, PortError, TokenDigest,
};

use crate::{Accounts, Departure, LeaveAccount};

/// A key that came back.
#[derive(Clone)]
pub struct Leave {
    /// The key.
    pub key: String,
    /// What it is for.
    pub departure: Departure,
    /// Who asks.
    pub client: Client,
}

/// Why an account was not put to rest.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// There is no such key.
    #[error("the key is unknown")]
    Unknown,
    /// It was used, a later one replaced it, or the account may no longer leave.
    #[error("the key was used or replaced")]
    Used,
    /// Its time is over.
    #[error("the key has expired")]
    Expired,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Deactivates the account, ends every session and removes every API key of it, and answers which it was. A key
    /// for a deletion also notes that its owner asked for it (rehive contract §7.4, §7.22).
    pub async fn leave(&self, command: Leave) -> Result<AccountId, LeaveError> {
        let purpose = command.departure.purpose();
        let found = self.ports.contacts.find(TokenDigest::of(&command.key), purpose).await?;
        let secret = found.ok_or(LeaveError::Unknown)?;
        let at = self.ports.ambient.now();
        if secret.consumed_at.is_some() {
            return Err(LeaveError::Used);
        }
        if secret.expires_at <= at {
            return Err(LeaveError::Expired);
        }
        let action = match command.departure {
            Departure::Deactivation => AuditAction::AccountDeactivated,
            Departure::Deletion => AuditAction::DeletionRequested,
        };
        let event = AuditEvent::new(&self.ports.ambient, action, &command.client)
            .company(secret.company)
            .account(secret.account);
        let write = LeaveAccount {
            secret: secret.id,
            purpose,
            account: secret.account,
            from: command.departure.from().to_vec(),
            state: AccountState::Deactivated,
            deletion: command.departure == Departure::Deletion,
            at,
            effects: Effects::audit(event),
        };
        if self.ports.contacts.leave(write).await? { Ok(secret.account) } else { Err(LeaveError::Used) }
    }
}
