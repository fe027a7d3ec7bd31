//! List and label sessions.

use portcullis_kernel::{AccountId, PortResult};

use crate::{LabelSession, Session, SessionFilter, Sessions};

impl Sessions {
    /// The live sessions of an account, whatever door they were opened at, newest first.
    pub async fn list(&self, account: AccountId) -> PortResult<Vec<Session>> {
        self.list_matching(account, SessionFilter::default()).await
    }

    /// Those of them that the filter admits.
    pub async fn list_matching(&self, account: AccountId, filter: SessionFilter) -> PortResult<Vec<Session>> {
        let now = self.ambient().now();
        self.ports.sessions.list(account, SessionFilter { live_at: Some(now), ..filter }).await
    }

    /// The live session of an account that has that handle.
    pub async fn by_handle(&self, account: AccountId, handle: &str) -> PortResult<Option<Session>> {
        let filter = SessionFilter::handle(handle, self.ambient().now());
        Ok(self.ports.sessions.list(account, filter).await?.into_iter().next())
    }

    /// Gives the live session of that handle another label, or none. Answers the session, if there is one.
    pub async fn label(
        &self,
        account: AccountId,
        handle: String,
        label: Option<String>,
    ) -> PortResult<Option<Session>> {
        let at = self.ambient().now();
        let write = LabelSession { account, handle: handle.clone(), label, at };
        if self.ports.sessions.label(write).await? {
            self.by_handle(account, &handle).await
        } else {
            Ok(None)
        }
    }
}
