//! Read the audit trail.

use portcullis_kernel::{AuditEvent, Page, PageRequest, PortResult};

use crate::{Accounts, AuditFilter};

impl Accounts {
    /// Audit entries, newest first.
    pub async fn audit(&self, filter: AuditFilter, page: PageRequest) -> PortResult<Page<AuditEvent>> {
        self.ports.audit.list(filter, page).await
    }
}
