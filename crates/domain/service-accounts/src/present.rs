//! Recognise a presented key.

use portcullis_kernel::{PortResult, Timestamp, TokenDigest};

use crate::{ApiKeys, PresentedKey};

impl ApiKeys {
    /// Finds an active key and its holder in one read. The holder's state is for the caller to judge; the key counts
    /// as used, which is noted in memory, unless that state keeps the holder out at every door.
    pub async fn present(&self, digest: TokenDigest, at: Timestamp) -> PortResult<Option<PresentedKey>> {
        let found = self.store.find(digest).await?.filter(|key| key.active);
        if let Some(key) = found.as_ref().filter(|key| key.state.admits(true)) {
            self.uses.note(key.id, at);
        }
        Ok(found)
    }
}
