//! How this door says no: `{"errors":["key", …]}` (contract §3).

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use portcullis_accounts::{SignUpFault, Taken};
use portcullis_kernel::{AccountState, PolicyBreach};
use serde::Serialize;
use utoipa::ToSchema;

use super::authorization;
use super::resource::{data_storage, labels, phones, profiles};
use crate::failure::{FactorRefusal, Failure};

/// The envelope of every refusal; a few that have no key say `{"error":"…"}` instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    #[serde(skip)]
    code: StatusCode,
    /// What is wrong, as keys that clients have texts for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    errors: Vec<Cow<'static, str>>,
    /// What is wrong, as a sentence; only without `errors`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// A status with a key.
pub type Key = (u16, &'static str);

/// What an operation calls the things that several of them refuse. Operations name what differs:
/// `Words { factor_wrong: (422, "resource.otp.invalid"), ..Words::NONE }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The password is wrong, or the account does not exist.
    pub wrong_password: Key,
    /// A second-factor code is needed.
    pub factor_missing: Key,
    /// The second-factor code is wrong.
    pub factor_wrong: Key,
    /// The account has no second factor.
    pub factor_off: Key,
    /// There is no such thing.
    pub absent: Key,
    /// A token or code that can be used once is wrong, used or expired.
    pub used: Key,
    /// Too many attempts.
    pub throttled: Key,
}

impl Words {
    /// Those of the sessions, and of everything that has no words of its own.
    pub const NONE: Self = Self {
        wrong_password: (401, "identity.session.invalid_params"),
        factor_missing: (401, "identity.session.missing_otp"),
        factor_wrong: (403, "identity.session.invalid_otp"),
        factor_off: (400, "resource.otp.not_enabled"),
        absent: (404, "record.not_found"),
        used: (422, "identity.user.utilized_token"),
        throttled: (429, "identity.session.too_many_attempts"),
    };
}

impl Refusal {
    /// One key.
    pub fn key((code, key): Key) -> Self {
        Self::keys(code, vec![Cow::Borrowed(key)])
    }

    /// Several keys, in the order in which they were found.
    pub fn keys(code: u16, errors: Vec<Cow<'static, str>>) -> Self {
        Self { code: status(code), errors, error: None, retry_after: None }
    }

    fn sentence(code: StatusCode, text: impl Into<String>) -> Self {
        Self { code, errors: Vec::new(), error: Some(text.into()), retry_after: None }
    }

    /// No such path, or not under this method.
    pub fn route_not_found() -> Self {
        Self::sentence(StatusCode::NOT_FOUND, "Route is not found")
    }

    /// An answer that is not JSON was asked for.
    pub fn format_not_supported(format: &str) -> Self {
        let text = format!("The requested format '{format}' is not supported.");
        Self::sentence(StatusCode::NOT_ACCEPTABLE, text)
    }

    /// A group of operations that nobody documented.
    pub fn no_such_group() -> Self {
        Self::sentence(StatusCode::BAD_REQUEST, "named resource not exist")
    }

    /// A body of a type that nobody reads.
    pub fn unsupported_type(media_type: &str) -> Self {
        let text = format!("The provided content-type '{media_type}' is not supported.");
        Self::sentence(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    }

    /// A body that is not what its type says.
    pub fn invalid_body() -> Self {
        Self::key((400, "server.invalid_body"))
    }

    /// The new password breaks the policy (contract §10.1).
    pub fn weak(breaches: &[PolicyBreach]) -> Self {
        Self::keys(422, password_keys(breaches))
    }

    fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The one place where this door words failures.
    pub fn of(failure: Failure, words: Words) -> Self {
        match failure {
            Failure::WrongCredentials | Failure::WrongPassword => Self::key(words.wrong_password),
            Failure::NotAdmitted(state) => Self::key((401, not_admitted(state))),
            Failure::PasswordExpired => Self::key((401, "identity.session.password_expired")),
            Failure::SecondFactorRequired | Failure::ChallengeRefused => Self::key(words.factor_missing),
            Failure::Factor(FactorRefusal::AlreadyOn) => Self::key((400, "resource.otp.already_enabled")),
            Failure::WrongSecondFactor | Failure::Factor(_) => Self::key(words.factor_wrong),
            Failure::SecondFactorUsed => Self::key((422, "totp.error")),
            Failure::FactorNotFound | Failure::NoDelivery | Failure::KeyNeedsFactor => {
                Self::key(words.factor_off)
            }
            Failure::Challenged(_)
            | Failure::CredentialRefused
            | Failure::RefreshRefused
            | Failure::RefreshReused
            | Failure::RefreshCapReached => Self::key((401, "authz.invalid_session")),
            Failure::WeakPassword(breaches) => Self::weak(&breaches),
            Failure::WrongResetCode
            | Failure::ResetCodeExpired
            | Failure::ResetTokenUsed
            | Failure::ResetTokenExpired
            | Failure::LeaveKeyUnknown
            | Failure::LeaveKeyUsed
            | Failure::LeaveKeyExpired
            | Failure::WrongContactCode
            | Failure::ContactCodeExpired
            | Failure::ConfirmationUsed => Self::key(words.used),
            Failure::ResetUidUnknown
            | Failure::ResetTokenUnknown
            | Failure::CompanyNotFound
            | Failure::KeyNotFound => Self::key(words.absent),
            Failure::Taken(taken) => Self::key((422, taken_key(taken))),
            Failure::SignUpRefused(faults) => Self::keys(422, sign_up_keys(&faults)),
            Failure::ReferralUnknown => Self::key((422, "identity.user.referral_doesnt_exist")),
            Failure::NothingToConfirm => Self::key((422, "identity.user.active_or_doesnt_exist")),
            Failure::ServiceAccountNotFound => Self::key((404, "resource.service_account.doesnt_exist")),
            Failure::UnknownRole => Self::key((422, "role.doesnt_exist")),
            Failure::KeyAlgorithm { is_hmac: true } => Self::key((422, "algorithm.inclusion")),
            Failure::KeyAlgorithm { is_hmac: false } => {
                Self::keys(422, vec!["kid.blank".into(), "algorithm.inclusion".into()])
            }
            Failure::KeyHolderNotActive => Self::key((422, "key_holder_account.invalid")),
            Failure::KeyStateInvalid => Self::key((422, "state.invalid")),
            Failure::Gate(refusal) => {
                let (code, key) = authorization::word(&refusal);
                Self::keys(code, vec![key])
            }
            Failure::Label(error) => labels::word(&error),
            Failure::Phone(error) => Self::key(phones::word(&error)),
            Failure::Kyc(error) => profiles::word(&error),
            Failure::DataRefused(faults) => data_storage::word(&faults),
            Failure::InvalidRule | Failure::WhitelinkNotIpv4 => Self::key((422, "value.invalid")),
            Failure::RuleExists => Self::key((422, "value.taken")),
            Failure::WhitelinkRefused => Self::key((422, "identity.user.access.invalid_token")),
            Failure::InvalidLabel => Self::key((422, "key.invalid")),
            Failure::KeyNameMissing => Self::key((422, "name.blank")),
            Failure::KeyNameTooLong => Self::key((422, "name.too_long")),
            Failure::KeyLimitReached => Self::key((422, "kid.taken")),
            Failure::NoIdentifier => Self::key((422, "email.blank")),
            Failure::RegistrationRefused(_)
            | Failure::InvalidLegalTerm
            | Failure::UnknownGroup(_)
            | Failure::InvalidGroupName
            | Failure::InvalidSetting(_) => Self::key((422, "invalid")),
            Failure::BodyTooLarge => Self::key((413, "server.body_too_large")),
            Failure::BodyBroken => Self::invalid_body(),
            Failure::Throttled { retry_after } => Self::key(words.throttled).after(retry_after),
            Failure::Overloaded { retry_after } => Self::key(UNAVAILABLE).after(retry_after),
            Failure::Unavailable(_) => Self::key(UNAVAILABLE).after(Duration::from_secs(1)),
            Failure::Internal(_) => Self::key((500, "server.internal_error")),
        }
    }
}

const UNAVAILABLE: Key = (503, "server.unavailable");

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

const fn not_admitted(state: AccountState) -> &'static str {
    match state {
        AccountState::Banned => "identity.session.banned",
        AccountState::Deleted => "identity.session.deleted",
        AccountState::Active | AccountState::Pending | AccountState::Locked | AccountState::Deactivated => {
            "identity.session.not_active"
        }
    }
}

const fn taken_key(taken: Taken) -> &'static str {
    match taken {
        Taken::Username => "username.taken",
        Taken::Email => "email.taken",
        Taken::Mobile => "number.taken",
        Taken::Uid => "uid.taken",
        Taken::Slug | Taken::GroupName | Taken::LegalTerm | Taken::FirstPlace => "name.taken",
    }
}

fn sign_up_keys(faults: &[SignUpFault]) -> Vec<Cow<'static, str>> {
    let keys = |fault: &SignUpFault| match fault {
        SignUpFault::EmailInvalid => vec!["email.invalid".into()],
        SignUpFault::EmailTaken => vec!["email.taken".into()],
        SignUpFault::Password(breaches) => password_keys(breaches),
        SignUpFault::UsernameTooShort => vec!["username.too_short".into()],
        SignUpFault::UsernameTooLong => vec!["username.too_long".into()],
        SignUpFault::UsernameInvalid => vec!["username.invalid".into()],
        SignUpFault::UsernameTaken => vec!["username.taken".into()],
        SignUpFault::DataInvalid => vec!["data.invalid_format".into()],
        SignUpFault::DataTooLong => vec!["data.too_long".into()],
    };
    faults.iter().flat_map(keys).collect()
}

/// The keys of a refused password: the length that cannot be hashed, then composition or strength, each once.
fn password_keys(breaches: &[PolicyBreach]) -> Vec<Cow<'static, str>> {
    let mut keys: Vec<Cow<'static, str>> = Vec::new();
    for breach in breaches {
        let key = match breach {
            PolicyBreach::TooLong { .. } if keys.is_empty() => "password.too_long",
            PolicyBreach::TooLong { .. }
            | PolicyBreach::TooShort { .. }
            | PolicyBreach::NoUppercase
            | PolicyBreach::NoLowercase
            | PolicyBreach::NoDigit => "password.requirements",
            PolicyBreach::OnlyDigits
            | PolicyBreach::Common
            | PolicyBreach::OwnIdentifier
            | PolicyBreach::Weak => "password.weak",
        };
        if !keys.iter().any(|known| known == key) {
            keys.push(Cow::Borrowed(key));
        }
    }
    keys
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error.as_deref().unwrap_or_default())?;
        f.write_str(&self.errors.join(", "))
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.code
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code);
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_refused_once_for_each_reason() {
        let both = [PolicyBreach::TooLong { max: 72 }, PolicyBreach::TooLong { max: 80 }];
        assert_eq!(password_keys(&both), ["password.too_long", "password.requirements"]);
        assert_eq!(
            password_keys(&[PolicyBreach::NoUppercase, PolicyBreach::NoDigit]),
            ["password.requirements"]
        );
        assert_eq!(password_keys(&[PolicyBreach::Weak]), ["password.weak"]);
    }

    #[test]
    fn states_have_their_own_words() {
        let key = |state| Refusal::of(Failure::NotAdmitted(state), Words::NONE).to_string();
        assert_eq!(key(AccountState::Banned), "identity.session.banned");
        assert_eq!(key(AccountState::Deleted), "identity.session.deleted");
        assert_eq!(key(AccountState::Locked), "identity.session.not_active");
    }

    #[test]
    fn a_throttled_answer_says_when_to_come_back() {
        let failure = Failure::Throttled { retry_after: Duration::from_millis(41_500) };
        let response = Refusal::of(failure, Words::NONE).error_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "42");
    }
}
