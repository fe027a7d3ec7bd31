//! The way in.

use std::sync::Arc;

use portcullis_kernel::{AccountId, Ambient, ApiKeyId, AuditAction, AuditEvent, Client, CompanyId};

use crate::ApiKeyStore;
use crate::uses::Uses;

/// Issues, lists, deletes and recognises API keys. Cheap to clone; clones share what they noted.
#[derive(Clone)]
pub struct ApiKeys {
    pub(crate) store: Arc<dyn ApiKeyStore>,
    pub(crate) ambient: Ambient,
    pub(crate) uses: Arc<Uses<ApiKeyId>>,
}

impl ApiKeys {
    /// Keys in this store.
    #[must_use]
    pub fn new(store: Arc<dyn ApiKeyStore>, ambient: Ambient) -> Self {
        Self { store, ambient, uses: Arc::default() }
    }

    pub(crate) fn event(
        &self,
        action: AuditAction,
        (company, account): (CompanyId, AccountId),
        client: &Client,
    ) -> AuditEvent {
        AuditEvent::new(&self.ambient, action, client).company(company).account(account)
    }
}
