//! List sessions.

use portcullis_kernel::{AccountId, PortResult};

use crate::{Session, Sessions};

impl Sessions {
    /// The live sessions of an account, whatever door they were opened at, newest first.
    pub async fn list(&self, account: AccountId) -> PortResult<Vec<Session>> {
        let mut sessions = self.ports.sessions.list(account).await?;
        let now = self.ambient().now();
        sessions.retain(|session| session.is_live(now));
        Ok(sessions)
    }
}
