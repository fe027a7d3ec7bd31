//! The checks that several sections share. Each names the key it looked at, its source and the accepted form.

use std::ops::RangeInclusive;
use std::time::Duration;

use portcullis_kernel::CompanySlug;
use portcullis_sessions::Algorithm;
use url::Url;

use crate::settings::Problem;
use crate::settings::merge::Merged;

/// A year, the longest time most settings accept.
pub(super) const YEAR: u64 = 366 * 86_400;

/// Checks values against what was merged.
#[derive(Clone, Copy)]
pub(super) struct Check<'a>(pub(super) &'a Merged);

impl Check<'_> {
    pub(super) fn refuse(self, key: &str, expected: impl Into<String>) -> Problem {
        Problem::new(key, self.0.origin(key), expected)
    }

    pub(super) fn number<T: TryFrom<u64>>(
        self,
        key: &str,
        value: u64,
        range: RangeInclusive<u64>,
    ) -> Result<T, Problem> {
        let fits = range.contains(&value).then(|| T::try_from(value).ok()).flatten();
        fits.ok_or_else(|| {
            let expected = format!("expected a whole number, {} to {}", range.start(), range.end());
            self.refuse(key, expected)
        })
    }

    pub(super) fn seconds(
        self,
        key: &str,
        value: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, Problem> {
        self.number(key, value, range).map(Duration::from_secs)
    }

    /// A time that a contract calls a lifetime: at least a second, at most ten years.
    pub(super) fn lifetime(self, key: &str, value: u64) -> Result<Duration, Problem> {
        self.seconds(key, value, 1..=10 * YEAR)
    }

    pub(super) fn text<'t>(self, key: &str, value: &'t str) -> Result<&'t str, Problem> {
        if value.is_empty() { Err(self.refuse(key, "expected a text that is not empty")) } else { Ok(value) }
    }

    pub(super) fn one_of<T: Copy>(self, key: &str, value: &str, words: &[(&str, T)]) -> Result<T, Problem> {
        words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(key, format!("expected {}", words.join(" or ")))
        })
    }

    pub(super) fn algorithm(self, key: &str, value: &str) -> Result<Algorithm, Problem> {
        Algorithm::parse(value).ok_or_else(|| self.refuse(key, "expected RS256, ES256 or EdDSA"))
    }

    pub(super) fn company(self, key: &str, value: &str) -> Result<CompanySlug, Problem> {
        CompanySlug::parse(value).map_err(|error| self.refuse(key, format!("expected a company id: {error}")))
    }

    /// A URL with one of the schemes, without a trailing slash.
    pub(super) fn url(self, key: &str, value: &str, schemes: &[&str]) -> Result<String, Problem> {
        let url = Url::parse(value).ok().filter(|url| schemes.contains(&url.scheme()) && url.has_host());
        url.map(|_| value.trim_end_matches('/').to_owned()).ok_or_else(|| {
            let forms: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://…")).collect();
            self.refuse(key, format!("expected a URL: {}", forms.join(" or ")))
        })
    }

    /// A value that another setting makes necessary.
    pub(super) fn needed(self, key: &str, value: Option<&String>, because: &str) -> Result<String, Problem> {
        value
            .filter(|value| !value.is_empty())
            .cloned()
            .ok_or_else(|| self.refuse(key, format!("expected a value, because {because}")))
    }
}

/// An optional text; an empty one means unset.
pub(super) fn optional(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.is_empty()).cloned()
}
