//! The audit trail.

use std::cmp::Reverse;

use async_trait::async_trait;
use portcullis_accounts::{AuditFilter, AuditKinds, AuditTrail};
use portcullis_kernel::{AuditEvent, Outcome, Page, PageRequest, PortResult};

use crate::MemoryStore;
use crate::state::page;

#[async_trait]
impl AuditTrail for MemoryStore {
    async fn list(&self, filter: AuditFilter, request: PageRequest) -> PortResult<Page<AuditEvent>> {
        self.read(|state| {
            let wanted = |event: &&AuditEvent| {
                filter.account.is_none_or(|account| event.account == Some(account))
                    && filter.since.is_none_or(|since| event.at >= since)
                    && filter.until.is_none_or(|until| event.at < until)
                    && filter.outcome.is_none_or(|outcome| event.outcome == outcome)
                    && filter.kinds.is_none_or(|kinds| is_of(kinds, event))
            };
            let mut events: Vec<_> = state.audit.iter().filter(wanted).cloned().collect();
            events.sort_by_key(|event| Reverse((event.at, event.id)));
            page(events, request)
        })
    }
}

fn is_of(kinds: AuditKinds, event: &AuditEvent) -> bool {
    let one_of = |details: &[&str]| event.detail.is_some_and(|detail| details.contains(&detail));
    let named = kinds.all.contains(&event.action)
        || (event.outcome != Outcome::Succeeded && kinds.unsuccessful.contains(&event.action))
        || (one_of(kinds.details) && kinds.detailed.contains(&event.action));
    named && !one_of(kinds.without)
}
