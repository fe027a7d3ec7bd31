//! Values on the command line, read into the types they stand for; what cannot be read is wrong usage.

use std::time::Duration;

use portcullis_accounts::{LabelScope, Section};
use portcullis_kernel::{
    AccountState, CompanySlug, Email, MessageId, Mobile, PermissionId, RestrictionId, Timestamp, Username,
};
use portcullis_sessions::{PermissionAction, RestrictionCategory, RestrictionScope};

/// `KEY=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "expected KEY=VALUE".to_owned())
}

/// `KEY=VALUE`, `KEY=VALUE:public` or `KEY=VALUE:private`; private unless said.
pub(super) fn label(text: &str) -> Result<(String, String, LabelScope), String> {
    let (key, value) = pair(text)?;
    let (value, scope) = match value.rsplit_once(':') {
        Some((value, "public")) => (value, LabelScope::Public),
        Some((value, "private")) => (value, LabelScope::Private),
        Some(_) => return Err("expected KEY=VALUE, KEY=VALUE:public or KEY=VALUE:private".to_owned()),
        None => (value.as_str(), LabelScope::Private),
    };
    Ok((key, value.to_owned(), scope))
}

/// A whole number and a unit: `90s`, `15m`, `2h`, `7d`; seconds without one.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let span = seconds.and_then(|unit: u64| number.parse::<u64>().ok()?.checked_mul(unit));
    span.map(Duration::from_secs).ok_or_else(|| "expected a time such as 90s, 15m, 2h or 7d".to_owned())
}

pub(super) fn company(text: &str) -> Result<CompanySlug, String> {
    CompanySlug::parse(text).map_err(|error| error.to_string())
}

pub(super) fn username(text: &str) -> Result<Username, String> {
    Username::parse(text).map_err(|error| error.to_string())
}

pub(super) fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|error| error.to_string())
}

pub(super) fn mobile(text: &str) -> Result<Mobile, String> {
    Mobile::parse(text).map_err(|error| error.to_string())
}

pub(super) fn state(text: &str) -> Result<AccountState, String> {
    AccountState::parse(text).map_err(|error| error.to_string())
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).map_err(|error| error.to_string())
}

pub(super) fn section(text: &str) -> Result<Section, String> {
    Section::parse(text).ok_or_else(|| "expected user, admin or system".to_owned())
}

pub(super) fn message(text: &str) -> Result<MessageId, String> {
    MessageId::parse(text).ok_or_else(|| "expected the id of a message".to_owned())
}

pub(super) fn category(text: &str) -> Result<RestrictionCategory, String> {
    let expected = || "expected whitelist, maintenance, blacklist or blocklogin".to_owned();
    RestrictionCategory::parse(text).ok_or_else(expected)
}

pub(super) fn scope(text: &str) -> Result<RestrictionScope, String> {
    let expected = || "expected all, ip, ip_subnet, continent or country".to_owned();
    RestrictionScope::parse(text).ok_or_else(expected)
}

pub(super) fn restriction(text: &str) -> Result<RestrictionId, String> {
    RestrictionId::parse(text).ok_or_else(|| "expected the id of a restriction".to_owned())
}

pub(super) fn action(text: &str) -> Result<PermissionAction, String> {
    let expected = || "expected ACCEPT, DROP or AUDIT".to_owned();
    PermissionAction::parse(&text.to_ascii_uppercase()).ok_or_else(expected)
}

pub(super) fn permission(text: &str) -> Result<PermissionId, String> {
    PermissionId::parse(text).ok_or_else(|| "expected the id of a permission".to_owned())
}

/// How long a whitelink may be good: 1 to 30 hours or days (barong contract §7.7).
pub(super) fn validity(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix(['h', 'd']).and_then(|number| number.parse::<u64>().ok());
    number
        .filter(|number| (1..=30).contains(number))
        .and_then(|_| duration(text).ok())
        .ok_or_else(|| "expected 1h to 30h or 1d to 30d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_private_unless_said() {
        let read = |text| label(text).map(|(key, value, scope)| (key, value, scope == LabelScope::Public));
        assert_eq!(read("email=verified"), Ok(("email".into(), "verified".into(), false)));
        assert_eq!(read("email=verified:private"), Ok(("email".into(), "verified".into(), false)));
        assert_eq!(read("team=blue:public"), Ok(("team".into(), "blue".into(), true)));
        for bad in ["email", "=x", "a=b:secret"] {
            assert!(label(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_have_units() {
        for (text, seconds) in [("0", 0), ("90s", 90), ("15m", 900), ("2h", 7_200), ("7d", 604_800)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "s", "1w", "-1s", "1.5h", "99999999999999999999d"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
