//! Who may hash now, who waits, and who is sent away.
//!
//! One lock guards the waiting line and the books; nobody holds it while hashing. The parts that decide are plain
//! values without threads or clocks: [`queue`] takes turns between companies, [`ledger`] keeps the memory budget,
//! [`forecast`] says how long a wait will be. [`desk`] joins them, [`worker`] does the work, [`ticket`] waits for it.

mod desk;
mod forecast;
mod ledger;
mod queue;
#[cfg(test)]
mod tests;
mod ticket;
mod worker;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use portcullis_kernel::{CompanyId, PortError, PortResult};

use self::desk::{Arrival, Desk};
use crate::memory::{Footprint, Memory};
use crate::settings::Settings;

/// A job's work: it answers its caller by itself.
type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// Runs jobs on threads of its own. Dropping it lets running jobs finish and their threads end; it never blocks.
pub(crate) struct Scheduler(Arc<Shared>);

struct Shared {
    desk: Mutex<Desk>,
    /// Wakes idle workers.
    bell: Condvar,
    deadline: Duration,
    idle_after: Duration,
}

impl Scheduler {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self(Arc::new(Shared {
            desk: Mutex::new(Desk::new(settings)),
            bell: Condvar::new(),
            deadline: settings.queue_deadline,
            idle_after: settings.idle_after,
        }))
    }

    /// Runs `work` when it is the company's turn and the memory is there.
    ///
    /// Must be awaited on a tokio runtime with time. Dropping the future takes a job that has not begun out of the
    /// line.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        company: CompanyId,
        footprint: Footprint,
        work: impl FnOnce(&mut Memory) -> R + Send + 'static,
    ) -> PortResult<R> {
        ticket::run(&self.0, company, footprint, work).await
    }

    /// Jobs that wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        self.0.desk().waiting()
    }

    /// Jobs that are running.
    pub(crate) fn running(&self) -> usize {
        self.0.desk().running()
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.0.desk().close();
        self.0.bell.notify_all();
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing under this lock panics half-way; were it otherwise, refusing every sign-in would not help.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job into the line and makes sure that somebody looks at it.
    fn enqueue(self: &Arc<Self>, company: CompanyId, footprint: Footprint, work: Work) -> PortResult<u64> {
        let Arrival { ticket, hire } = self.desk().arrive(company, footprint, work, self.deadline)?;
        let Some(number) = hire else {
            self.bell.notify_one();
            return Ok(ticket);
        };
        if let Err(cause) = worker::start(Arc::clone(self), number)
            && self.desk().not_hired(company, ticket)
        {
            return Err(PortError::unavailable(cause));
        }
        Ok(ticket)
    }
}
