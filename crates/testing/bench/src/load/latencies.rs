//! How long answers took.

use std::time::Duration;

use crate::number::count;

/// Every latency, in microseconds: a run has a few hundred thousand, so there is no need to round.
#[derive(Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Takes one in.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// Takes those of another connection in.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        count(self.0.len())
    }

    pub(super) fn sorted(mut self) -> Self {
        self.0.sort_unstable();
        self
    }

    /// The latency that so many percent of the answers kept, by nearest rank; zero of none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        let micros = self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default();
        Duration::from_micros(u64::from(micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut latencies = Latencies::default();
        for millis in (1..=100).rev() {
            latencies.add(Duration::from_millis(millis));
        }
        let latencies = latencies.sorted();
        assert_eq!(latencies.percentile(50), Duration::from_millis(50));
        assert_eq!(latencies.percentile(99), Duration::from_millis(99));
        assert_eq!(latencies.percentile(100), Duration::from_millis(100));
        assert_eq!(Latencies::default().percentile(99), Duration::ZERO);
    }
}
