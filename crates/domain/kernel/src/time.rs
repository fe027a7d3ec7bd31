//! Instants.

use std::fmt;
use std::time::Duration;

use ::time::{
    OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description,
};

/// An instant in UTC, in whole microseconds since the Unix epoch: the precision every store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 date and time such as 2026-11-22T04:30:00Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds since the Unix epoch; saturates.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// From whole seconds since the Unix epoch; saturates.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant, later by `span`; saturates.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// This instant, earlier by `span`; saturates.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// The time that passed since `earlier`; zero if it lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads an RFC 3339 date and time with any offset; digits finer than a microsecond are dropped.
    pub fn parse_rfc3339(text: &str) -> Result<Self, InvalidTimestamp> {
        let parsed = OffsetDateTime::parse(text.trim(), &Rfc3339).ok().ok_or(InvalidTimestamp)?;
        i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000)).ok().map(Self).ok_or(InvalidTimestamp)
    }

    /// `2026-11-22T04:30:00`: UTC without zone or fraction, as the bfore contract (§1) writes dates.
    #[must_use]
    pub fn naive(self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        self.calendar().format(format).unwrap_or_default()
    }

    /// RFC 3339 in milliseconds with `Z`: `2026-11-22T04:30:00.000Z`.
    #[must_use]
    pub fn with_millis(self) -> String {
        format!("{}.{:03}Z", self.naive(), self.as_millis().rem_euclid(1_000))
    }

    fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(UtcOffset::UTC)
    }
}

/// RFC 3339 in whole seconds with `Z`: `2026-11-22T04:30:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.naive())
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rfc_3339() {
        let at = Timestamp::parse_rfc3339("2026-11-22T05:30:00.123456789+01:00").unwrap();
        assert_eq!(at.as_micros() % 1_000_000, 123_456);
        assert_eq!(at.to_string(), "2026-11-22T04:30:00Z");
        assert_eq!(at.naive(), "2026-11-22T04:30:00");
        assert_eq!(at.with_millis(), "2026-11-22T04:30:00.123Z");
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), Err(InvalidTimestamp));
    }

    #[test]
    fn arithmetic_saturates() {
        let at = Timestamp::from_seconds(10);
        assert_eq!(at.plus(Duration::from_secs(5)).since(at), Duration::from_secs(5));
        assert_eq!(at.since(at.plus(Duration::from_secs(5))), Duration::ZERO);
        assert_eq!(Timestamp::from_micros(i64::MAX).plus(Duration::MAX), Timestamp::from_micros(i64::MAX));
    }
}
