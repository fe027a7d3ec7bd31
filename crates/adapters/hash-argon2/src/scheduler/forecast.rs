//! How long a wait will be, from how long the last jobs took.

use std::time::Duration;

use crate::settings::Params;

/// A moving average of the time a job takes, and the number of jobs that run side by side.
pub(super) struct Forecast {
    micros: u64,
    workers: u64,
}

impl Forecast {
    /// Until the first job was measured, Argon2 is assumed to fill 3 GiB each second.
    pub(super) fn new(params: Params, workers: usize) -> Self {
        let micros = u64::from(params.memory_kib) * u64::from(params.iterations) / 3;
        Self { micros, workers: u64::try_from(workers).unwrap_or(u64::MAX).max(1) }
    }

    /// Learns from a finished job, which counts for an eighth.
    pub(super) fn learn(&mut self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros = (self.micros / 8 * 7).saturating_add(self.micros % 8 * 7 / 8).saturating_add(took / 8);
    }

    /// How long a job waits that has `ahead` others before it.
    pub(super) fn wait(&self, ahead: usize) -> Duration {
        let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
        Duration::from_micros(self.micros.saturating_mul(ahead) / self.workers)
    }
}

/// In whole seconds, rounded up, and at least one: what `Retry-After` can say.
pub(super) fn retry_after(excess: Duration) -> Duration {
    let rounded = excess.as_secs() + u64::from(excess.subsec_nanos() > 0);
    Duration::from_secs(rounded.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_with_a_guess_of_the_right_order() {
        let forecast = Forecast::new(Params::default(), 2);
        assert_eq!(forecast.wait(0), Duration::ZERO);
        assert_eq!(forecast.wait(100).as_millis(), 648);
    }

    #[test]
    fn follows_what_it_measures() {
        let mut forecast = Forecast::new(Params::default(), 1);
        for _ in 0..100 {
            forecast.learn(Duration::from_millis(40));
        }
        assert!((38..=40).contains(&forecast.wait(1).as_millis()));
        forecast.learn(Duration::MAX);
        assert!(forecast.wait(usize::MAX) > Duration::from_secs(1_000_000));
    }

    #[test]
    fn retry_after_is_whole_seconds_and_never_none() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (2_500, 3)] {
            assert_eq!(retry_after(Duration::from_millis(millis)), Duration::from_secs(seconds));
        }
    }
}
