//! The caller's side: a place in the line, given up by dropping it.

use std::sync::Arc;

use portcullis_kernel::{CompanyId, PortError, PortResult};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Shared;
use crate::memory::{Footprint, Memory};

/// A job dropped its caller without an answer: it panicked, or the scheduler was closed.
#[derive(Debug, thiserror::Error)]
#[error("a password hashing job was abandoned")]
struct Abandoned;

struct Ticket<'a> {
    shared: &'a Shared,
    company: CompanyId,
    number: u64,
    used: bool,
}

impl Ticket<'_> {
    fn give_up(&mut self) -> Result<(), PortError> {
        let mut desk = self.shared.desk();
        self.used = true;
        if desk.leave(self.company, self.number) { Err(desk.overloaded()) } else { Ok(()) }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.shared.desk().leave(self.company, self.number);
        }
    }
}

pub(super) async fn run<R: Send + 'static>(
    shared: &Arc<Shared>,
    company: CompanyId,
    footprint: Footprint,
    work: impl FnOnce(&mut Memory) -> R + Send + 'static,
) -> PortResult<R> {
    let (reply, mut answer) = oneshot::channel();
    let work = Box::new(move |memory: &mut Memory| drop(reply.send(work(memory))));
    let number = shared.enqueue(company, footprint, work)?;
    let mut ticket = Ticket { shared, company, number, used: false };
    let answered = match timeout(shared.deadline, &mut answer).await {
        Ok(answered) => answered,
        Err(_elapsed) => {
            ticket.give_up()?;
            answer.await
        }
    };
    ticket.used = true;
    answered.map_err(|_closed| PortError::broken(Abandoned))
}
