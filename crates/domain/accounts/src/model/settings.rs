//! The settings of a company.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_kernel::PolicyName;

use super::factor_policy::{AUTHORIZATION_PATHS, FactorPolicy, SETUP_TYPES};
use super::is_country;

/// Settings of a company (rehive contract §4, and its password policy). Unset ones have their defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent switches that an operator names one by one"
)]
pub struct CompanySettings {
    /// Which rules new passwords follow.
    pub password_policy: PolicyName,
    /// Whether anybody may register.
    pub allow_registrations: bool,
    /// Whether a client may choose how long its session lasts.
    pub allow_session_durations: bool,
    /// How long a session lasts otherwise, in seconds: 300 to 2 678 400.
    pub default_session_duration: u32,
    /// Whether registering needs consent to the terms.
    pub require_terms_and_conditions: bool,
    /// Whether registering needs consent to the privacy policy.
    pub require_privacy_policy: bool,
    /// Nationalities that may register; empty means all.
    pub nationalities: Vec<String>,
    /// Countries of residence that may register; empty means all.
    pub residencies: Vec<String>,
    /// When second factors are asked for.
    pub factors: FactorPolicy,
    /// Bases of the links in messages, by setting name.
    pub urls: BTreeMap<String, String>,
}

/// A setting that does not exist, or a value it does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: expected {expected}")]
pub struct InvalidSetting {
    /// The key as given.
    pub key: String,
    /// The accepted form.
    pub expected: &'static str,
}

/// The company does not let clients choose how long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Custom session durations are not allowed.")]
pub struct DurationRefused;

const LONGEST_SESSION: u64 = 2_678_400;

const URLS: [&str; 5] = [
    "password_reset_url",
    "password_set_url",
    "email_verification_url",
    "deactivate_verification_url",
    "request_delete_verification_url",
];

impl Default for CompanySettings {
    fn default() -> Self {
        Self {
            password_policy: PolicyName::Standard,
            allow_registrations: true,
            allow_session_durations: true,
            default_session_duration: 36_000,
            require_terms_and_conditions: false,
            require_privacy_policy: false,
            nationalities: Vec::new(),
            residencies: Vec::new(),
            factors: FactorPolicy::default(),
            urls: BTreeMap::new(),
        }
    }
}

impl CompanySettings {
    /// Every setting as text, in a fixed order. [`Self::set`] reads each pair back.
    #[must_use]
    pub fn entries(&self) -> Vec<(&str, String)> {
        let mut entries = vec![
            ("password_policy", self.password_policy.as_str().to_owned()),
            ("allow_registrations", self.allow_registrations.to_string()),
            ("allow_session_durations", self.allow_session_durations.to_string()),
            ("default_session_duration", self.default_session_duration.to_string()),
            ("require_terms_and_conditions", self.require_terms_and_conditions.to_string()),
            ("require_privacy_policy", self.require_privacy_policy.to_string()),
            ("nationalities", self.nationalities.join(",")),
            ("residencies", self.residencies.join(",")),
        ];
        entries.extend(self.factors.entries());
        entries.extend(URLS.iter().map(|key| (*key, self.urls.get(*key).cloned().unwrap_or_default())));
        entries
    }

    /// Sets one setting from text. Lists are comma-separated; an empty URL or list means unset.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), InvalidSetting> {
        let refuse = |expected| InvalidSetting { key: key.to_owned(), expected };
        match key {
            "password_policy" => {
                self.password_policy =
                    PolicyName::parse(value).ok().ok_or_else(|| refuse("standard or barong"))?;
            }
            "allow_registrations" => {
                self.allow_registrations = flag(value).ok_or_else(|| refuse(FLAG))?;
            }
            "allow_session_durations" => {
                self.allow_session_durations = flag(value).ok_or_else(|| refuse(FLAG))?;
            }
            "default_session_duration" => {
                self.default_session_duration =
                    seconds(value).ok_or_else(|| refuse("a whole number of seconds, 300 to 2678400"))?;
            }
            "require_terms_and_conditions" => {
                self.require_terms_and_conditions = flag(value).ok_or_else(|| refuse(FLAG))?;
            }
            "require_privacy_policy" => {
                self.require_privacy_policy = flag(value).ok_or_else(|| refuse(FLAG))?;
            }
            "nationalities" => self.nationalities = countries(value).ok_or_else(|| refuse(COUNTRIES))?,
            "residencies" => self.residencies = countries(value).ok_or_else(|| refuse(COUNTRIES))?,
            SETUP_TYPES | AUTHORIZATION_PATHS => self.factors.set(key, value).map_err(refuse)?,
            _ if URLS.contains(&key) => {
                self.set_url(key, value).ok_or_else(|| refuse("an http or https URL"))?;
            }
            _ => return Err(refuse("a known company setting")),
        }
        Ok(())
    }

    /// How long a session lasts when its client asks for `wanted` seconds: the company's default for none or 0, and
    /// never more than 31 days (rehive contract §3.3).
    pub fn session_lifetime(&self, wanted: Option<u64>) -> Result<Duration, DurationRefused> {
        let default = u64::from(self.default_session_duration);
        match wanted {
            Some(_) if !self.allow_session_durations => Err(DurationRefused),
            None | Some(0) => Ok(Duration::from_secs(default)),
            Some(seconds) => Ok(Duration::from_secs(seconds.min(LONGEST_SESSION))),
        }
    }

    /// How long a token lasts that its owner creates: for ever, unless a duration other than 0 is asked for.
    pub fn token_lifetime(&self, wanted: Option<u64>) -> Result<Option<Duration>, DurationRefused> {
        match wanted {
            None | Some(0) => Ok(None),
            wanted @ Some(_) => self.session_lifetime(wanted).map(Some),
        }
    }

    fn set_url(&mut self, key: &str, value: &str) -> Option<()> {
        if value.is_empty() {
            self.urls.remove(key);
            return Some(());
        }
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
        let plausible = !rest.is_empty() && value.len() <= 500 && !value.contains(char::is_whitespace);
        plausible.then(|| {
            self.urls.insert(key.to_owned(), value.to_owned());
        })
    }
}

const FLAG: &str = "true or false";
const COUNTRIES: &str = "comma-separated ISO 3166-1 alpha-2 codes";

fn flag(value: &str) -> Option<bool> {
    value.parse().ok()
}

fn seconds(value: &str) -> Option<u32> {
    value.parse().ok().filter(|seconds| (300..=2_678_400).contains(seconds))
}

fn countries(value: &str) -> Option<Vec<String>> {
    let codes = value.split(',').map(str::trim).filter(|code| !code.is_empty());
    codes.map(|code| is_country(code).then(|| code.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_reads_back() {
        let mut settings = CompanySettings::default();
        settings.set("nationalities", "ZA, DE").unwrap();
        settings.set("password_reset_url", "https://app.example.com/reset").unwrap();
        settings.set("default_session_duration", "900").unwrap();
        let mut copy = CompanySettings::default();
        for (key, value) in settings.entries() {
            copy.set(key, &value).unwrap();
        }
        assert_eq!(copy, settings);
    }

    #[test]
    fn sessions_last_as_asked_within_bounds_where_asking_is_allowed() {
        let mut settings = CompanySettings::default();
        let lasts = |settings: &CompanySettings, wanted| {
            settings.session_lifetime(wanted).map(|lifetime| lifetime.as_secs())
        };
        assert_eq!(lasts(&settings, None), Ok(36_000));
        assert_eq!(lasts(&settings, Some(0)), Ok(36_000));
        assert_eq!(lasts(&settings, Some(1)), Ok(1));
        assert_eq!(lasts(&settings, Some(36_000_000)), Ok(2_678_400));
        settings.allow_session_durations = false;
        assert_eq!(lasts(&settings, None), Ok(36_000));
        assert_eq!(lasts(&settings, Some(900)), Err(DurationRefused));
        assert_eq!(lasts(&settings, Some(0)), Err(DurationRefused));
        assert_eq!(settings.token_lifetime(Some(0)), Ok(None));
        assert_eq!(settings.token_lifetime(Some(900)), Err(DurationRefused));
    }

    #[test]
    fn refuses_unknown_keys_and_values_out_of_range() {
        let mut settings = CompanySettings::default();
        for (key, value) in [
            ("colour", "red"),
            ("allow_registrations", "yes"),
            ("default_session_duration", "299"),
            ("nationalities", "Germany"),
            ("residencies", "ZA,XK"),
            ("email_verification_url", "javascript:alert(1)"),
        ] {
            assert_eq!(settings.set(key, value).unwrap_err().key, key);
        }
        assert_eq!(settings, CompanySettings::default());
    }
}
