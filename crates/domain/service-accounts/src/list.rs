//! List keys.

use portcullis_kernel::{AccountId, PortResult};

use crate::{ApiKey, ApiKeys, Holder};

impl ApiKeys {
    /// The header keys of an account in full, oldest first, then by id. Uses of the last minute may not show yet.
    pub async fn list(&self, account: AccountId) -> PortResult<Vec<ApiKey>> {
        self.store.list(Holder::Account(account)).await
    }
}
