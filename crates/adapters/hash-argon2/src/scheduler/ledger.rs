//! The memory budget: what running jobs take and what is kept for the next ones.

use crate::memory::{Footprint, Memory};

/// The books over memory. Buffers for today's hash are kept while there is work, and count as taken.
pub(super) struct Ledger {
    budget_kib: u32,
    /// The size of the buffers worth keeping.
    usual_kib: u32,
    running_kib: u32,
    kept: Vec<Memory>,
}

/// What a job that may begin gets.
pub(super) struct Grant {
    pub(super) memory: Memory,
    /// Buffers that had to go to make room; to be dropped where no lock is held.
    pub(super) evicted: Vec<Memory>,
}

impl Ledger {
    pub(super) fn new(budget_kib: u32, usual_kib: u32) -> Self {
        Self { budget_kib, usual_kib, running_kib: 0, kept: Vec::new() }
    }

    /// How many jobs of the usual size fit at once.
    pub(super) fn seats(&self) -> usize {
        usize::try_from(self.budget_kib / self.usual_kib.max(1)).unwrap_or(usize::MAX)
    }

    /// Whether a job could run now.
    pub(super) fn fits(&self, footprint: Footprint) -> bool {
        footprint.kib() <= self.budget_kib.saturating_sub(self.running_kib)
    }

    /// Enters a job that [`Self::fits`].
    pub(super) fn begin(&mut self, footprint: Footprint) -> Grant {
        let reused = if self.keeps(footprint) { self.kept.pop() } else { None };
        self.running_kib += footprint.kib();
        let mut evicted = Vec::new();
        while self.running_kib + self.kept_kib() > self.budget_kib {
            let Some(memory) = self.kept.pop() else { break };
            evicted.push(memory);
        }
        Grant { memory: reused.unwrap_or_default(), evicted }
    }

    /// Strikes a job out. The buffer is kept or handed back to be dropped.
    pub(super) fn end(&mut self, footprint: Footprint, memory: Memory) -> Option<Memory> {
        self.running_kib -= footprint.kib();
        if self.keeps(footprint) {
            self.kept.push(memory);
            None
        } else {
            Some(memory)
        }
    }

    /// Gives up one kept buffer.
    pub(super) fn release(&mut self) -> Option<Memory> {
        self.kept.pop()
    }

    fn keeps(&self, footprint: Footprint) -> bool {
        footprint == Footprint::Blocks(self.usual_kib)
    }

    fn kept_kib(&self) -> u32 {
        u32::try_from(self.kept.len()).unwrap_or(u32::MAX).saturating_mul(self.usual_kib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Footprint = Footprint::Blocks(40);

    fn ledger() -> Ledger {
        Ledger::new(100, 40)
    }

    #[test]
    fn lets_in_what_fits_and_no_more() {
        let mut ledger = ledger();
        assert_eq!(ledger.seats(), 2);
        ledger.begin(USUAL);
        ledger.begin(USUAL);
        assert!(!ledger.fits(USUAL));
        assert!(ledger.fits(Footprint::Own(20)));
        assert!(!ledger.fits(Footprint::Own(21)));
        ledger.end(USUAL, Memory::default());
        assert!(ledger.fits(Footprint::Own(60)));
    }

    #[test]
    fn keeps_buffers_of_the_usual_size_only() {
        let mut ledger = ledger();
        for footprint in [Footprint::Blocks(41), Footprint::Own(40), USUAL] {
            ledger.begin(footprint);
        }
        assert!(ledger.end(Footprint::Blocks(41), Memory::default()).is_some());
        assert!(ledger.end(Footprint::Own(40), Memory::default()).is_some());
        assert!(ledger.end(USUAL, Memory::default()).is_none());
        assert!(ledger.release().is_some());
        assert!(ledger.release().is_none());
    }

    #[test]
    fn hands_a_kept_buffer_to_the_next_job() {
        let mut ledger = ledger();
        let mut memory = ledger.begin(USUAL).memory;
        let first = memory.blocks(40).as_ptr();
        ledger.end(USUAL, memory);
        assert_eq!(ledger.begin(USUAL).memory.blocks(40).as_ptr(), first);
    }

    #[test]
    fn drops_kept_buffers_for_a_large_job() {
        let mut ledger = ledger();
        ledger.begin(USUAL);
        ledger.begin(USUAL);
        ledger.end(USUAL, Memory::default());
        ledger.end(USUAL, Memory::default());
        assert_eq!(ledger.begin(Footprint::Blocks(60)).evicted.len(), 1);
        assert_eq!(ledger.begin(USUAL).evicted.len(), 0);
        assert!(ledger.release().is_none());
    }
}
