//! Queued mail and SMS.

use std::cmp::Reverse;

use async_trait::async_trait;
use portcullis_kernel::{MessageId, Page, PageRequest, PortResult, Timestamp};
use portcullis_outbox::{Claim, Claimed, Entry, OutboxStore, Settled, Settlement, Status};

use crate::MemoryStore;
use crate::state::{Queued, Stop, page};

#[async_trait]
impl OutboxStore for MemoryStore {
    async fn claim(&self, claim: Claim) -> PortResult<Vec<Claimed>> {
        self.write(|state| {
            let mut due: Vec<_> =
                state.outbox.iter_mut().filter(|queued| is_due(queued, claim.now)).collect();
            due.sort_by_key(|queued| (queued.entry.message.created_at, queued.entry.message.id));
            due.truncate(usize::try_from(claim.limit).unwrap_or(usize::MAX));
            let lease = |queued: &mut Queued| {
                queued.entry.attempts = queued.entry.attempts.saturating_add(1);
                queued.leased_until = Some(claim.leased_until);
                Claimed { message: queued.entry.message.clone(), attempt: queued.entry.attempts }
            };
            Ok(due.into_iter().map(lease).collect())
        })
    }

    async fn settle(&self, settlement: Settlement) -> PortResult<bool> {
        self.write(|state| {
            let queued = state.outbox.iter_mut().find(|queued| {
                queued.entry.message.id == settlement.message
                    && queued.entry.attempts == settlement.attempt
                    && queued.entry.status == Status::Waiting
                    && queued.leased_until.is_some()
            });
            let queued = queued.ok_or(Stop::Refused(false))?;
            queued.leased_until = None;
            finish(&mut queued.entry, settlement);
            Ok(true)
        })
    }

    async fn list(&self, status: Option<Status>, request: PageRequest) -> PortResult<Page<Entry>> {
        self.read(|state| {
            let entries = state.outbox.iter().map(|queued| &queued.entry);
            let wanted = entries.filter(|entry| status.is_none_or(|status| entry.status == status));
            let mut entries: Vec<_> = wanted.cloned().collect();
            entries.sort_by_key(|entry| Reverse((entry.message.created_at, entry.message.id)));
            page(entries, request)
        })
    }

    async fn find(&self, id: MessageId) -> PortResult<Option<Entry>> {
        self.read(|state| {
            let mut entries = state.outbox.iter().map(|queued| &queued.entry);
            entries.find(|entry| entry.message.id == id).cloned()
        })
    }

    async fn requeue(&self, id: Option<MessageId>, at: Timestamp) -> PortResult<u64> {
        self.write(|state| {
            let wanted = |queued: &&mut Queued| match id {
                Some(id) => queued.entry.message.id == id && queued.entry.status != Status::Sent,
                None => queued.entry.status == Status::Dead,
            };
            let mut changed = 0;
            for queued in state.outbox.iter_mut().filter(wanted) {
                queued.leased_until = None;
                queued.entry.status = Status::Waiting;
                queued.entry.attempts = 0;
                queued.entry.due_at = at;
                queued.entry.settled_at = None;
                changed += 1;
            }
            Ok(changed)
        })
    }
}

fn is_due(queued: &Queued, now: Timestamp) -> bool {
    queued.entry.status == Status::Waiting
        && queued.entry.due_at <= now
        && queued.leased_until.is_none_or(|end| end <= now)
}

fn finish(entry: &mut Entry, settlement: Settlement) {
    match settlement.result {
        Settled::Sent => {
            entry.status = Status::Sent;
            entry.settled_at = Some(settlement.at);
            entry.last_error = None;
        }
        Settled::Deferred { until, error } => {
            entry.due_at = until;
            entry.last_error = Some(error);
        }
        Settled::Dead { error } => {
            entry.status = Status::Dead;
            entry.settled_at = Some(settlement.at);
            entry.last_error = Some(error);
        }
    }
}
