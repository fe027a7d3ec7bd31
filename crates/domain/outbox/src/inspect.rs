//! Look into the queue.

use portcullis_kernel::{MessageId, Page, PageRequest, PortResult};

use crate::{Entry, Outbox, Status};

impl Outbox {
    /// Messages with their history, newest first; all of them, or those in one status.
    pub async fn list(&self, status: Option<Status>, page: PageRequest) -> PortResult<Page<Entry>> {
        self.store.list(status, page).await
    }

    /// One message with its history.
    pub async fn show(&self, id: MessageId) -> PortResult<Option<Entry>> {
        self.store.find(id).await
    }
}
