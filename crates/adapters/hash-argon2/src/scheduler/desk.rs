//! The state behind the lock: who waits, who works, what it costs.

use std::time::Duration;

use portcullis_kernel::{CompanyId, PortError};

use super::Work;
use super::forecast::{Forecast, retry_after};
use super::ledger::{Grant, Ledger};
use super::queue::FairQueue;
use crate::memory::{Footprint, Memory};
use crate::settings::Settings;

pub(super) struct Desk {
    queue: FairQueue<CompanyId, (Footprint, Work)>,
    ledger: Ledger,
    forecast: Forecast,
    running: usize,
    /// Workers that wait for the bell.
    idle: usize,
    /// Workers that live, and how many may.
    workers: usize,
    most_workers: usize,
    closed: bool,
}

/// A job has been put into the line.
pub(super) struct Arrival {
    pub(super) ticket: u64,
    /// The number of a worker to start, if those that idle do not suffice.
    pub(super) hire: Option<usize>,
}

/// A job that may run now.
pub(super) struct Assignment {
    pub(super) footprint: Footprint,
    pub(super) work: Work,
    pub(super) grant: Grant,
    /// Whether another worker should look at the line too.
    pub(super) more: bool,
}

impl Desk {
    pub(super) fn new(settings: &Settings) -> Self {
        let ledger = Ledger::new(settings.budget_kib(), settings.params.memory_kib);
        let most_workers = settings.thread_count();
        Self {
            queue: FairQueue::new(),
            forecast: Forecast::new(settings.params, most_workers.min(ledger.seats())),
            ledger,
            running: 0,
            idle: 0,
            workers: 0,
            most_workers,
            closed: false,
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Lets a job into the line unless it would wait there for longer than `deadline`.
    pub(super) fn arrive(
        &mut self,
        company: CompanyId,
        footprint: Footprint,
        work: Work,
        deadline: Duration,
    ) -> Result<Arrival, PortError> {
        let excess = self.forecast.wait(self.queue.ahead_of(company)).saturating_sub(deadline);
        if !excess.is_zero() {
            return Err(PortError::Overloaded { retry_after: retry_after(excess) });
        }
        let ticket = self.queue.push(company, (footprint, work));
        let short = self.queue.len() > self.idle && self.workers < self.most_workers;
        self.workers += usize::from(short);
        Ok(Arrival { ticket, hire: short.then_some(self.workers) })
    }

    /// A worker could not be started. Takes the job out again and says `true` if nobody is left to do it.
    pub(super) fn not_hired(&mut self, company: CompanyId, ticket: u64) -> bool {
        self.workers -= 1;
        self.workers == 0 && self.leave(company, ticket)
    }

    /// Takes a job out of the line; `false` if it has begun.
    pub(super) fn leave(&mut self, company: CompanyId, ticket: u64) -> bool {
        self.queue.remove(company, ticket).is_some()
    }

    /// When somebody who waited in vain should come back: when all who wait now will have been served.
    pub(super) fn overloaded(&self) -> PortError {
        PortError::Overloaded { retry_after: retry_after(self.forecast.wait(self.queue.len())) }
    }

    /// The next job in turn, if its memory is free. Nobody overtakes a job that is too large for now, or a stream of
    /// small ones would keep it waiting for ever.
    pub(super) fn assign(&mut self) -> Option<Assignment> {
        let (footprint, _) = self.queue.peek()?;
        if !self.ledger.fits(*footprint) {
            return None;
        }
        let (footprint, work) = self.queue.pop()?;
        self.running += 1;
        let grant = self.ledger.begin(footprint);
        let more = self.idle > 0 && self.queue.peek().is_some_and(|(next, _)| self.ledger.fits(*next));
        Some(Assignment { footprint, work, grant, more })
    }

    /// Strikes out a job; gives memory back that is not worth keeping.
    pub(super) fn finish(&mut self, footprint: Footprint, memory: Memory, took: Duration) -> Option<Memory> {
        self.running -= 1;
        self.forecast.learn(took);
        self.ledger.end(footprint, memory)
    }

    /// A worker begins or ends to wait for the bell.
    pub(super) fn rest(&mut self) {
        self.idle += 1;
    }

    pub(super) fn rise(&mut self) {
        self.idle -= 1;
    }

    /// Whether a worker that waited in vain for `idle_after` should go.
    pub(super) fn is_quiet(&self) -> bool {
        self.queue.len() == 0
    }

    /// A worker goes and takes a kept buffer along; the last one takes all.
    pub(super) fn retire(&mut self) -> Vec<Memory> {
        self.workers -= 1;
        let buffers = if self.workers == 0 { usize::MAX } else { 1 };
        std::iter::from_fn(|| self.ledger.release()).take(buffers).collect()
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        self.queue.clear();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use portcullis_kernel::PortResult;
    use uuid::Uuid;

    use super::*;
    use crate::settings::Params;

    const LONG: Duration = Duration::from_secs(60);
    const USUAL: Footprint = Footprint::Blocks(512);

    /// One mebibyte: two hashes at once.
    fn desk() -> Desk {
        let params = Params { memory_kib: 512, iterations: 1, parallelism: 1 };
        Desk::new(&Settings {
            params,
            memory_budget_mib: 1,
            threads: 4.try_into().ok(),
            ..Settings::default()
        })
    }

    fn arrive(desk: &mut Desk, company: u128, footprint: Footprint) -> PortResult<Arrival> {
        desk.arrive(CompanyId::from_uuid(Uuid::from_u128(company)), footprint, Box::new(|_| ()), LONG)
    }

    fn finish(desk: &mut Desk, footprint: Footprint) {
        desk.finish(footprint, Memory::default(), Duration::ZERO);
    }

    #[test]
    fn hands_out_no_more_than_the_memory_holds() {
        let mut desk = desk();
        for _ in 0..3 {
            arrive(&mut desk, 1, USUAL).ok().unwrap();
        }
        assert!(desk.assign().is_some());
        assert!(desk.assign().is_some());
        assert!(desk.assign().is_none());
        assert_eq!((desk.running(), desk.waiting()), (2, 1));
        finish(&mut desk, USUAL);
        assert!(desk.assign().is_some());
    }

    #[test]
    fn nobody_overtakes_a_job_that_is_too_large_for_now() {
        let (mut desk, large, small) = (desk(), Footprint::Own(1024), Footprint::Own(1));
        for (company, footprint) in [(1, USUAL), (2, large), (3, small)] {
            arrive(&mut desk, company, footprint).ok().unwrap();
        }
        assert_eq!(desk.assign().unwrap().footprint, USUAL);
        assert!(desk.assign().is_none());
        finish(&mut desk, USUAL);
        assert_eq!(desk.assign().unwrap().footprint, large);
        assert!(desk.assign().is_none());
        finish(&mut desk, large);
        assert_eq!(desk.assign().unwrap().footprint, small);
    }

    #[test]
    fn hires_when_those_who_idle_do_not_suffice() {
        let mut desk = desk();
        let hire = |desk: &mut Desk| arrive(desk, 1, USUAL).ok().unwrap().hire;
        assert_eq!(hire(&mut desk), Some(1));
        assert_eq!(hire(&mut desk), Some(2));
        desk.assign();
        desk.assign();
        desk.rest();
        assert_eq!(hire(&mut desk), None);
        assert_eq!(hire(&mut desk), Some(3));
        assert_eq!(hire(&mut desk), Some(4));
        assert_eq!(hire(&mut desk), None);
    }

    #[test]
    fn refuses_at_the_door_who_would_wait_too_long() {
        let mut desk = desk();
        // One job at once takes a second here, two run side by side.
        for _ in 0..100 {
            desk.forecast.learn(Duration::from_secs(1));
        }
        let refused = (0..1_000).find_map(|_| arrive(&mut desk, 1, USUAL).err()).unwrap();
        assert!(matches!(refused, PortError::Overloaded { retry_after } if retry_after.as_secs() == 1));
        assert!((120..125).contains(&desk.waiting()));
        assert!(arrive(&mut desk, 2, USUAL).is_ok(), "another company has a line of its own");
    }

    #[test]
    fn the_last_worker_takes_every_kept_buffer_along() {
        let mut desk = desk();
        for _ in 0..2 {
            arrive(&mut desk, 1, USUAL).ok().unwrap();
            desk.assign();
        }
        finish(&mut desk, USUAL);
        finish(&mut desk, USUAL);
        assert_eq!(desk.workers, 2);
        assert_eq!(desk.retire().len(), 1);
        assert_eq!(desk.retire().len(), 1);
        assert!(desk.ledger.release().is_none());
    }

    #[test]
    fn without_any_worker_a_job_is_given_back() {
        let mut desk = desk();
        let company = CompanyId::from_uuid(Uuid::from_u128(1));
        let first = arrive(&mut desk, 1, USUAL).ok().unwrap();
        let second = arrive(&mut desk, 1, USUAL).ok().unwrap();
        assert!(!desk.not_hired(company, second.ticket));
        assert!(desk.not_hired(company, first.ticket));
        assert_eq!(desk.waiting(), 1);
    }
}
