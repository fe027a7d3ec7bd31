//! Give messages another chance.

use portcullis_kernel::{MessageId, PortResult};

use crate::Outbox;

impl Outbox {
    /// Makes one waiting or dead message due now, or every dead one if none is named, with all its attempts before
    /// it again. Answers how many messages it changed; 0 means that there is nothing to retry.
    pub async fn retry(&self, id: Option<MessageId>) -> PortResult<u64> {
        self.store.requeue(id, self.ambient.now()).await
    }
}
