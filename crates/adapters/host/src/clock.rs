//! Wall-clock time.

use std::time::{SystemTime, UNIX_EPOCH};

use portcullis_kernel::{Clock, Timestamp};

/// The system clock, in UTC.
///
/// Microseconds are cut off here, when an instant is made, because that is the precision every store keeps: an
/// instant must compare equal to itself after a round trip.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the `Clock` port")]
    fn now(&self) -> Timestamp {
        let epoch = Timestamp::from_micros(0);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => epoch.plus(since),
            Err(before) => epoch.minus(before.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_time_after_this_was_written_and_runs_forward() {
        let first = SystemClock.now();
        assert!(first > Timestamp::parse_rfc3339("2025-01-01T00:00:00Z").unwrap());
        assert!(SystemClock.now() >= first);
    }
}
