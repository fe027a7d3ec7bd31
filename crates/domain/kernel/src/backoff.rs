//! When to try again.

use std::time::Duration;

/// Exponential back-off with a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub ceiling: Duration,
    /// How many attempts are made in all.
    pub attempts: u32,
}

impl Backoff {
    /// The wait after attempt number `made` (from 1) failed, or `None` if no further attempt is made. `jitter` is a
    /// random byte that stretches the wait by up to a quarter, so that failures of one moment do not retry as one.
    #[must_use]
    pub fn after(&self, made: u32, jitter: u8) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let doubled =
            self.first.saturating_mul(1_u32.checked_shl(made.saturating_sub(1)).unwrap_or(u32::MAX));
        let wait = doubled.min(self.ceiling);
        Some(wait.saturating_add(wait.saturating_mul(u32::from(jitter)) / 1_020))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_ceiling_then_gives_up() {
        let backoff =
            Backoff { first: Duration::from_secs(10), ceiling: Duration::from_secs(60), attempts: 5 };
        let waits: Vec<_> = (1..=5).map(|made| backoff.after(made, 0).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(10), Some(20), Some(40), Some(60), None]);
    }

    #[test]
    fn jitter_stretches_by_at_most_a_quarter() {
        let backoff = Backoff { first: Duration::from_secs(100), ceiling: Duration::MAX, attempts: u32::MAX };
        assert_eq!(backoff.after(1, u8::MAX), Some(Duration::from_secs(125)));
        assert!(backoff.after(200, u8::MAX).is_some());
    }
}
