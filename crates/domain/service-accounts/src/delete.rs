//! Delete a key.

use portcullis_kernel::{AccountId, AuditAction, Client, CompanyId, Effects, PortError, TokenDigest};

use crate::{ApiKeys, DeleteKey, Holder};

/// A key to delete, named by its token.
#[derive(Clone)]
pub struct DeleteHeader {
    /// The account's company.
    pub company: CompanyId,
    /// Whose key it must be.
    pub account: AccountId,
    /// The token.
    pub token: String,
    /// From where.
    pub client: Client,
}

/// Why no key was deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteKeyError {
    /// The account has no such key; somebody else's looks the same.
    #[error("no such key")]
    NotFound,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ApiKeys {
    /// Deletes a key of the account; it is refused from the next look-up on.
    pub async fn delete(&self, command: DeleteHeader) -> Result<(), DeleteKeyError> {
        let about = (command.company, command.account);
        let write = DeleteKey {
            holder: Holder::Account(command.account),
            digest: TokenDigest::of(&command.token),
            effects: Effects::audit(self.event(AuditAction::KeyDeleted, about, &command.client)),
        };
        if self.store.delete(write).await? { Ok(()) } else { Err(DeleteKeyError::NotFound) }
    }
}
