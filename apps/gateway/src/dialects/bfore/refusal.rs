//! How this door says no: `{"message":"…"}` (contract §2, §5).

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use portcullis_kernel::PolicyBreach;
use serde::Serialize;
use utoipa::ToSchema;

use crate::failure::Failure;

/// The envelope of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    #[serde(skip)]
    status: u16,
    /// What went wrong.
    message: &'static str,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

const fn refusal(status: u16, message: &'static str) -> Refusal {
    Refusal { status, message, retry_after: None }
}

impl Refusal {
    /// Unknown path.
    pub const NOT_FOUND: Self = refusal(404, "Not Found");
    /// Known path, other method.
    pub const WRONG_METHOD: Self = refusal(405, "Method Not Allowed");
    /// The body is over the limit.
    pub const TOO_LARGE: Self = refusal(413, "Request body is too large");
    /// The body broke off.
    pub const BROKEN_BODY: Self = refusal(400, "Request body could not be read");
    /// A login without both fields.
    pub const CREDENTIALS_REQUIRED: Self = refusal(400, "Username and password are required");
    /// A password change without all four fields.
    pub const PASSWORDS_REQUIRED: Self = refusal(400, "Username, old, new and confirm are required");
    /// `new` and `confirm` differ.
    pub const PASSWORDS_DIFFER: Self = refusal(400, "New password and confirmation differ");
    /// No usable `m` or `d`.
    pub const BAD_LIFETIME: Self =
        refusal(400, "Give m (1 to 525600 minutes) or d (1 to 365 days), as a whole number");
    /// A key without a name.
    pub const NAME_REQUIRED: Self = refusal(400, "Name is required");
    /// No key in the body.
    pub const TEXT_REQUIRED: Self = refusal(400, "Text is required");
    /// No valid credential.
    pub const UNAUTHORIZED: Self = refusal(401, "Unauthorized");
    /// Unknown user, wrong password, disabled account: nobody learns which.
    pub const INCORRECT: Self = refusal(401, "Incorrect credentials");
    /// A new password beyond what can be hashed.
    pub const PASSWORD_TOO_LONG: Self = refusal(400, "New password is too long");
    const FACTOR_REQUIRED: Self = refusal(401, "Second factor required");
    const PASSWORD_EXPIRED: Self = refusal(403, "Password expired");
    const NAME_TOO_LONG: Self = refusal(400, "Name is too long");
    const LIMIT_REACHED: Self = refusal(400, "Auth header limit reached");
    const KEY_NOT_FOUND: Self = refusal(404, "Auth header not found");
    const THROTTLED: Self = refusal(429, "Too many requests");
    const OVERLOADED: Self = refusal(503, "Service is overloaded");
    const UNAVAILABLE: Self = refusal(503, "Service is unavailable");
    const INTERNAL: Self = refusal(500, "Internal server error");

    const fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// Which words a failure gets: a wrong secret at the login is not a missing credential later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A password is presented.
    Login,
    /// A token or key is presented.
    Authenticated,
}

impl Refusal {
    /// The one place where this door words failures.
    pub fn of(operation: Operation, failure: Failure) -> Self {
        match failure {
            Failure::WrongCredentials
            | Failure::NotAdmitted(_)
            | Failure::WrongSecondFactor
            | Failure::SecondFactorUsed
            | Failure::ChallengeRefused
            | Failure::CredentialRefused
            | Failure::RefreshRefused
            | Failure::RefreshReused
            | Failure::RefreshCapReached
            | Failure::WrongPassword
            | Failure::WrongResetCode
            | Failure::ResetCodeExpired
            | Failure::ResetUidUnknown
            | Failure::ResetTokenUnknown
            | Failure::ResetTokenUsed
            | Failure::ResetTokenExpired
            | Failure::LeaveKeyUnknown
            | Failure::LeaveKeyUsed
            | Failure::LeaveKeyExpired
            | Failure::WrongContactCode
            | Failure::ContactCodeExpired
            | Failure::RegistrationRefused(_)
            | Failure::SignUpRefused(_)
            | Failure::ReferralUnknown
            | Failure::NothingToConfirm
            | Failure::ConfirmationUsed
            | Failure::InvalidLegalTerm
            | Failure::ServiceAccountNotFound
            | Failure::UnknownRole
            | Failure::KeyNeedsFactor
            | Failure::KeyAlgorithm { .. }
            | Failure::KeyHolderNotActive
            | Failure::KeyStateInvalid
            | Failure::Gate(_)
            | Failure::InvalidRule
            | Failure::RuleExists
            | Failure::WhitelinkRefused
            | Failure::WhitelinkNotIpv4
            | Failure::NoIdentifier
            | Failure::Taken(_)
            | Failure::UnknownGroup(_)
            | Failure::InvalidGroupName
            | Failure::CompanyNotFound
            | Failure::InvalidSetting(_)
            | Failure::InvalidLabel
            | Failure::Label(_)
            | Failure::Phone(_)
            | Failure::Kyc(_)
            | Failure::DataRefused(_)
            | Failure::Challenged(_)
            | Failure::Factor(_)
            | Failure::FactorNotFound
            | Failure::NoDelivery => match operation {
                Operation::Login => Self::INCORRECT,
                Operation::Authenticated => Self::UNAUTHORIZED,
            },
            Failure::PasswordExpired => Self::PASSWORD_EXPIRED,
            Failure::SecondFactorRequired => Self::FACTOR_REQUIRED,
            Failure::WeakPassword(breaches) => refusal(400, reason(&breaches)),
            Failure::KeyNameMissing => Self::NAME_REQUIRED,
            Failure::KeyNameTooLong => Self::NAME_TOO_LONG,
            Failure::KeyLimitReached => Self::LIMIT_REACHED,
            Failure::KeyNotFound => Self::KEY_NOT_FOUND,
            Failure::BodyTooLarge => Self::TOO_LARGE,
            Failure::BodyBroken => Self::BROKEN_BODY,
            Failure::Throttled { retry_after } => Self::THROTTLED.after(retry_after),
            Failure::Overloaded { retry_after } => Self::OVERLOADED.after(retry_after),
            Failure::Unavailable(_) => Self::UNAVAILABLE.after(Duration::from_secs(1)),
            Failure::Internal(_) => Self::INTERNAL,
        }
    }
}

fn reason(breaches: &[PolicyBreach]) -> &'static str {
    match breaches.first() {
        Some(PolicyBreach::TooShort { .. }) => "New password is too short",
        Some(PolicyBreach::TooLong { .. }) => "New password is too long",
        Some(PolicyBreach::NoUppercase) => "New password needs an upper-case letter",
        Some(PolicyBreach::NoLowercase) => "New password needs a lower-case letter",
        Some(PolicyBreach::NoDigit) => "New password needs a digit",
        Some(PolicyBreach::OnlyDigits) => "New password must not be all digits",
        Some(PolicyBreach::Common) => "New password is too common",
        Some(PolicyBreach::OwnIdentifier) => "New password must not be the username or e-mail address",
        Some(PolicyBreach::Weak) | None => "New password is too weak",
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(wait) = self.retry_after {
            response.insert_header((RETRY_AFTER, wait.as_secs().max(1).to_string()));
        }
        response.json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_kernel::AccountState;

    #[test]
    fn wrong_and_disabled_look_the_same_at_the_login() {
        for failure in [
            Failure::WrongCredentials,
            Failure::NotAdmitted(AccountState::Banned),
            Failure::WrongSecondFactor,
        ] {
            assert_eq!(Refusal::of(Operation::Login, failure), Refusal::INCORRECT);
        }
        assert_eq!(Refusal::of(Operation::Authenticated, Failure::CredentialRefused), Refusal::UNAUTHORIZED);
    }

    #[test]
    fn a_throttled_login_says_when_to_come_back() {
        let throttled = Failure::Throttled { retry_after: Duration::from_secs(42) };
        let response = Refusal::of(Operation::Login, throttled).error_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "42");
    }
}
