//! Delete an account.

use portcullis_kernel::{AccountState, AuditAction, Client, PortError, PortResult};

use crate::edit::Trace;
use crate::{Account, Accounts};

impl Accounts {
    /// Deletes the account as far as any client can tell: it can no longer sign in, and its sessions end at once.
    /// The row stays, and its identifiers stay taken. Deleting a deleted account does nothing.
    pub async fn delete(&self, account: Account, client: Client) -> PortResult<()> {
        let trace = Trace { action: AuditAction::AccountDeleted, client: &client };
        let deleted = self.edit(account, trace, |account| account.state = AccountState::Deleted).await?;
        deleted.map(drop).map_err(|_taken| PortError::broken("a deletion met a taken identifier"))
    }
}
