//! Write down when keys were last used.

use portcullis_kernel::PortResult;

use crate::ApiKeys;

impl ApiKeys {
    /// Writes the uses noted since the last call and says how many keys they concern. If the store fails, they stay
    /// noted for the next call.
    pub async fn flush_uses(&self) -> PortResult<usize> {
        let uses = self.uses.take();
        if uses.is_empty() {
            return Ok(0);
        }
        let count = uses.len();
        if let Err(failure) = self.store.touch(uses.clone()).await {
            for (key, at) in uses {
                self.uses.note(key, at);
            }
            return Err(failure);
        }
        Ok(count)
    }
}
