//! What an account has enrolled.

use portcullis_kernel::{AccountId, PortResult};

use crate::{Authenticator, SecondFactors};

impl SecondFactors {
    /// Whether the account has a verified authenticator of any kind.
    pub async fn is_enrolled(&self, account: AccountId) -> PortResult<bool> {
        let authenticators = self.store.list(account).await?;
        Ok(authenticators.iter().any(|authenticator| authenticator.verified_at.is_some()))
    }

    /// Every authenticator of the account, verified or not, oldest first, with its secrets: doors mask them.
    pub async fn list(&self, account: AccountId) -> PortResult<Vec<Authenticator>> {
        self.store.list(account).await
    }
}
