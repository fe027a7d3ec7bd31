//! Whole numbers as real ones.

use std::time::Duration;

/// A count as a real number; exact up to 2³², which no count here exceeds.
pub fn real(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// A length as a count; 0 if there is no such number, which cannot be.
pub fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or_default()
}

/// How many per second.
pub fn rate(count: u64, time: Duration) -> f64 {
    real(count) / time.as_secs_f64()
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The middle value; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
