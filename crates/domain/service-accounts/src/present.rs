//! Recognise a presented key.

use portcullis_kernel::{PortResult, Timestamp, TokenDigest};

use crate::{ApiKeys, PresentedKey};

impl ApiKeys {
    /// Finds an active key and its holder in one read, and notes in memory that it was used. The holder's state is
    /// for the caller to judge.
    pub async fn present(&self, digest: TokenDigest, at: Timestamp) -> PortResult<Option<PresentedKey>> {
        let found = self.store.find(digest).await?.filter(|key| key.active);
        if let Some(key) = &found {
            self.uses.note(key.id, at);
        }
        Ok(found)
    }
}
