//! How this door says no (contract §2).

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use portcullis_accounts::Taken;
use portcullis_kernel::{PolicyBreach, SessionChallenge};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::wire::{ChallengeObject, FieldErrors, field_errors};
use crate::failure::{FactorRefusal, Failure};

/// The envelope: `{"status":"error","message":"…","data":{"field":["…"]}}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Refusal {
    #[serde(skip)]
    code: StatusCode,
    /// Always `error`.
    status: &'static str,
    /// What went wrong, for a person.
    message: String,
    /// Texts by field, or the challenges that are open; absent when no field is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    /// When another try has a chance; a header, not a member.
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// What the client calls the things a refusal may blame; `non_field_errors` unless an operation says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// The secret that was to be checked: a password, code, key or token.
    pub secret: &'static str,
    /// The new password.
    pub password: &'static str,
    /// What names an authenticator or a challenge in the body; in the path, if absent.
    pub reference: Option<&'static str>,
}

impl Names {
    /// An operation in which no field is to blame.
    pub const NONE: Self = Self { secret: FieldErrors::NONE, password: FieldErrors::NONE, reference: None };

    /// An operation that checks the secret in `field`.
    pub const fn secret(field: &'static str) -> Self {
        Self { secret: field, ..Self::NONE }
    }
}

impl Refusal {
    fn new(code: StatusCode, message: impl Into<String>) -> Self {
        Self { code, status: "error", message: message.into(), data: None, retry_after: None }
    }

    /// One field is to blame.
    pub fn field(field: &'static str, text: impl Into<String>) -> Self {
        FieldErrors::one(field, text).into()
    }

    /// Some fields are to blame, under another status than 400.
    pub fn fields(code: StatusCode, errors: &FieldErrors) -> Self {
        let data = serde_json::to_value(errors).ok();
        Self { data, ..Self::new(code, errors.message()) }
    }

    /// The body is not what its type says.
    pub fn malformed(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// No session, or none that is honoured.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid token.")
    }

    /// A session, but not the right to do this.
    pub fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// No such path, or nothing at it for this caller.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found.")
    }

    /// The path has other methods.
    pub fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.")
    }

    /// A body of a type that nobody reads.
    pub fn unsupported_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type in request.")
    }

    /// Too many requests.
    pub fn throttled(wait: Duration) -> Self {
        let wait = whole_seconds(wait);
        let unit = if wait == 1 { "second" } else { "seconds" };
        let text = format!("Request was throttled. Expected available in {wait} {unit}.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, text).after(Duration::from_secs(wait))
    }

    fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The session, or this request of it, needs a second factor first (contract §6.3).
    fn challenged(challenges: &[SessionChallenge]) -> Self {
        let challenges: Vec<_> = challenges.iter().map(ChallengeObject::new).collect();
        let data = Some(json!({ "challenges": challenges }));
        Self { data, ..Self::new(StatusCode::FORBIDDEN, "Multi-factor authentication required.") }
    }

    fn factor(refusal: FactorRefusal) -> Self {
        match refusal {
            FactorRefusal::ChallengeNotFound => {
                Self::fields(StatusCode::NOT_FOUND, &FieldErrors::one("challenge", "Not found."))
            }
            FactorRefusal::Unnamed => {
                Self::field(FieldErrors::NONE, "A challenge or an authenticator is required.")
            }
            FactorRefusal::Unsuitable => {
                Self::field("authenticator", "This authenticator does not answer the challenge.")
            }
            FactorRefusal::ChallengeWithoutDelivery => {
                Self::field("challenge", "Nothing can be delivered for this challenge.")
            }
            FactorRefusal::NoNumber => Self::field("mobile", "A mobile number is required."),
            FactorRefusal::SmsBarred => Self::field("type", "SMS is not available to administrators."),
            FactorRefusal::AlreadyOn => Self::field(FieldErrors::NONE, "A second factor is already enabled."),
        }
    }

    fn absent(names: Names) -> Self {
        match names.reference {
            Some(field) => Self::fields(StatusCode::NOT_FOUND, &FieldErrors::one(field, "Not found.")),
            None => Self::not_found(),
        }
    }

    /// The one place where this door words failures.
    pub fn of(failure: Failure, names: Names) -> Self {
        match failure {
            Failure::WrongCredentials
            | Failure::NotAdmitted(_)
            | Failure::PasswordExpired
            | Failure::SecondFactorRequired => {
                let text = if names == Names::NONE { WRONG_CREDENTIALS } else { WRONG_PASSWORD };
                Self::field(names.secret, text)
            }
            Failure::Challenged(challenges) => Self::challenged(&challenges),
            Failure::Factor(refusal) => Self::factor(refusal),
            Failure::CredentialRefused
            | Failure::RefreshRefused
            | Failure::RefreshReused
            | Failure::RefreshCapReached
            | Failure::Gate(_) => Self::unauthorized(),
            Failure::WrongPassword => Self::field(names.secret, WRONG_PASSWORD),
            Failure::ResetUidUnknown => Self::field("uid", "Invalid uid."),
            Failure::WrongSecondFactor
            | Failure::SecondFactorUsed
            | Failure::WrongResetCode
            | Failure::ResetTokenUnknown => Self::field(names.secret, "Invalid token."),
            Failure::LeaveKeyUnknown => Self::field(names.secret, "Invalid key."),
            Failure::LeaveKeyUsed => Self::field(names.secret, "The key has been used already."),
            Failure::LeaveKeyExpired => Self::field(names.secret, "The key has expired."),
            Failure::ResetTokenUsed => Self::field(names.secret, "The token has been used already."),
            Failure::ResetCodeExpired | Failure::ResetTokenExpired => {
                Self::field(names.secret, "The token has expired.")
            }
            Failure::WrongContactCode => Self::field(names.secret, format!("Invalid {}.", names.secret)),
            Failure::ContactCodeExpired => {
                Self::field(names.secret, format!("The {} has expired.", names.secret))
            }
            Failure::WeakPassword(breaches) => weak(names.password, &breaches).into(),
            Failure::RegistrationRefused(objections) => field_errors(&objections, names.password).into(),
            Failure::NoIdentifier => {
                Self::field(FieldErrors::NONE, "An email, mobile or username is required.")
            }
            Failure::Taken(taken) => {
                let field = identifier(taken);
                Self::field(field, format!("This {field} is in use already."))
            }
            Failure::UnknownGroup(_) | Failure::InvalidGroupName => Self::field("groups", "Invalid group."),
            Failure::CompanyNotFound => Self::field("company", "Invalid company."),
            Failure::SignUpRefused(_)
            | Failure::ReferralUnknown
            | Failure::NothingToConfirm
            | Failure::ConfirmationUsed
            | Failure::InvalidSetting(_)
            | Failure::InvalidLabel
            | Failure::Label(_)
            | Failure::Phone(_)
            | Failure::Kyc(_)
            | Failure::DataRefused(_)
            | Failure::InvalidLegalTerm
            | Failure::UnknownRole
            | Failure::KeyNeedsFactor
            | Failure::KeyAlgorithm { .. }
            | Failure::KeyHolderNotActive
            | Failure::KeyStateInvalid
            | Failure::InvalidRule
            | Failure::RuleExists
            | Failure::WhitelinkRefused
            | Failure::WhitelinkNotIpv4 => Self::field(FieldErrors::NONE, "Invalid value."),
            Failure::ChallengeRefused
            | Failure::FactorNotFound
            | Failure::KeyNotFound
            | Failure::ServiceAccountNotFound => Self::absent(names),
            Failure::NoDelivery => Self::field(
                names.reference.unwrap_or(FieldErrors::NONE),
                "Nothing can be delivered for this.",
            ),
            Failure::KeyNameMissing | Failure::KeyNameTooLong | Failure::KeyLimitReached => {
                Self::field(FieldErrors::NONE, "Invalid key.")
            }
            Failure::BodyTooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large.")
            }
            Failure::BodyBroken => Self::malformed("The request body could not be read."),
            Failure::Throttled { retry_after } => Self::throttled(retry_after),
            Failure::Overloaded { retry_after } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE).after(retry_after)
            }
            Failure::Unavailable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE).after(Duration::from_secs(1))
            }
            Failure::Internal(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong. Please try again later.")
            }
        }
    }
}

const WRONG_CREDENTIALS: &str = "Unable to log in with the provided credentials.";
const WRONG_PASSWORD: &str = "Incorrect password.";
const UNAVAILABLE: &str = "Service temporarily unavailable. Please try again later.";

/// The field that holds what is taken.
const fn identifier(taken: Taken) -> &'static str {
    match taken {
        Taken::Username => "username",
        Taken::Email => "email",
        Taken::Mobile => "mobile",
        Taken::Slug => "company",
        Taken::GroupName => "groups",
        Taken::LegalTerm => "legal_term_versions",
        Taken::Uid | Taken::FirstPlace => FieldErrors::NONE,
    }
}

fn weak(field: &'static str, breaches: &[PolicyBreach]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for breach in breaches {
        errors.add(field, sentence(breach));
    }
    errors
}

pub(super) fn sentence(breach: &PolicyBreach) -> String {
    match breach {
        PolicyBreach::TooShort { min: least } => {
            format!("This password is too short. It must contain at least {least} characters.")
        }
        PolicyBreach::TooLong { max: most } => {
            format!("This password is too long. It must contain at most {most} characters.")
        }
        PolicyBreach::OnlyDigits => "This password is entirely numeric.".to_owned(),
        PolicyBreach::Common => "This password is too common.".to_owned(),
        PolicyBreach::OwnIdentifier => "This password is too similar to your own details.".to_owned(),
        PolicyBreach::NoLowercase => "This password needs a lower-case letter.".to_owned(),
        PolicyBreach::NoUppercase => "This password needs an upper-case letter.".to_owned(),
        PolicyBreach::NoDigit => "This password needs a digit.".to_owned(),
        PolicyBreach::Weak => "This password is too weak.".to_owned(),
    }
}

/// Rounded up, and at least one: an earlier try would be refused again.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl From<FieldErrors> for Refusal {
    fn from(errors: FieldErrors) -> Self {
        Self::fields(StatusCode::BAD_REQUEST, &errors)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.code
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code);
        if self.code == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Token"));
        }
        if let Some(wait) = self.retry_after {
            response.insert_header((RETRY_AFTER, whole_seconds(wait).to_string()));
        }
        response.json(self)
    }
}
