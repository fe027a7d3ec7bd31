//! How this door says no (contract §0 and §3).

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use portcullis_kernel::PolicyBreach;
use serde::Serialize;
use utoipa::ToSchema;

use crate::failure::Failure;

/// The envelope: `{"status":401,"message":"…"}` and a newline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    /// The HTTP status again.
    status: u16,
    /// What went wrong.
    message: &'static str,
    /// When another try has a chance; a header, not a member.
    #[serde(skip)]
    retry_after: Option<Duration>,
}

macro_rules! policy_text {
    ($reason:literal) => {
        concat!("InvalidPasswordException: Password does not conform to policy: ", $reason)
    };
}

const fn refusal(status: u16, message: &'static str) -> Refusal {
    Refusal { status, message, retry_after: None }
}

impl Refusal {
    /// The body or a field is missing or malformed: `E422`.
    pub const INVALID: Self = refusal(422, "Internal error, please try again later.");
    /// The path does not exist, or not with this method: `E404`.
    pub const NOT_FOUND: Self = refusal(404, "Not Found");
    /// The body is over the limit.
    pub const TOO_LARGE: Self = refusal(413, "Request Entity Too Large");
    /// `EBADCRED`.
    pub const BAD_CREDENTIALS: Self = refusal(401, "Incorrect username or password.");
    /// `EUNAUTH.`, with the full stop.
    pub const UNAUTHORIZED: Self = refusal(401, "Unauthorized.");
    /// `EUNAUTH`, without.
    pub const UNSUPPORTED_TOKEN: Self = refusal(401, "Unauthorized");
    /// `ENOUSER`.
    pub const NO_USER: Self = refusal(401, "User not found.");
    /// `EINT401`.
    pub const FORGOT_FAILED: Self = refusal(401, "Internal error, please try again later.");
    /// `EINT500`.
    pub const INTERNAL: Self = refusal(500, "Internal error, please try again later.");
    /// `ESTD500`.
    pub const FURTHER_CHALLENGE: Self = refusal(500, "Internal Server Error");
    /// The new password starts or ends with white space, or is one character.
    pub const BAD_PASSWORD_SHAPE: Self = refusal(
        401,
        "InvalidParameterException: 1 validation error detected: Value at 'password' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
    );
    const LIMIT: Self = refusal(429, "Refresh tokens limit has been exceeded.");
    const CODE_MISMATCH: Self =
        refusal(401, "CodeMismatchException: Invalid verification code provided, please try again.");
    const CODE_EXPIRED: Self =
        refusal(401, "ExpiredCodeException: Invalid code provided, please request a code again.");
    const ATTEMPTS: Self =
        refusal(401, "LimitExceededException: Attempt limit exceeded, please try after some time.");
    const UNAVAILABLE: Self = refusal(503, "Internal error, please try again later.");

    /// The same, without a hint whether there is an account: only one that exists can have had a code that expired,
    /// and only one that has a code can be told from one that has none.
    pub fn undisclosed(self) -> Self {
        if self == Self::CODE_EXPIRED { Self::CODE_MISMATCH } else { self }
    }

    const fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// The seven operations and the extension; each words the same failure in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// §3.1
    Login,
    /// §3.2
    Refresh,
    /// §3.3
    Revoke,
    /// §3.4
    Forgot,
    /// §3.5
    ForgotConfirm,
    /// §3.6
    Change,
    /// §3.7
    NewPassword,
    /// The extension for second factors.
    Mfa,
}

impl Operation {
    /// The word for "no" of an operation that tells no causes apart.
    const fn no(self) -> Refusal {
        match self {
            Self::Login | Self::Change => Refusal::BAD_CREDENTIALS,
            Self::Refresh | Self::NewPassword | Self::Mfa => Refusal::UNAUTHORIZED,
            Self::Revoke => Refusal::UNSUPPORTED_TOKEN,
            Self::Forgot => Refusal::FORGOT_FAILED,
            Self::ForgotConfirm => Refusal::CODE_MISMATCH,
        }
    }

    const fn throttled(self) -> Refusal {
        match self {
            Self::ForgotConfirm => Refusal::ATTEMPTS,
            Self::Change => Refusal::INTERNAL,
            Self::Login | Self::Refresh | Self::Revoke | Self::Forgot | Self::NewPassword | Self::Mfa => {
                self.no()
            }
        }
    }

    fn weak(self, breaches: &[PolicyBreach]) -> Refusal {
        match self {
            Self::ForgotConfirm => refusal(401, reason(breaches)),
            Self::Login
            | Self::Refresh
            | Self::Revoke
            | Self::Forgot
            | Self::Change
            | Self::NewPassword
            | Self::Mfa => self.no(),
        }
    }
}

impl Operation {
    /// The one place where this door words failures.
    pub fn refuse(self, failure: Failure) -> Refusal {
        match failure {
            Failure::WrongCredentials
            | Failure::NotAdmitted(_)
            | Failure::PasswordExpired
            | Failure::SecondFactorRequired
            | Failure::WrongSecondFactor
            | Failure::SecondFactorUsed
            | Failure::ChallengeRefused
            | Failure::CredentialRefused
            | Failure::RefreshRefused
            | Failure::RefreshReused
            | Failure::WrongPassword
            | Failure::WrongResetCode
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
            | Failure::NoDelivery
            | Failure::KeyNameMissing
            | Failure::KeyNameTooLong
            | Failure::KeyLimitReached
            | Failure::KeyNotFound => self.no(),
            Failure::ResetCodeExpired => Refusal::CODE_EXPIRED,
            Failure::RefreshCapReached => Refusal::LIMIT,
            Failure::BodyTooLarge => Refusal::TOO_LARGE,
            Failure::BodyBroken => Refusal::INVALID,
            Failure::WeakPassword(breaches) => self.weak(&breaches),
            Failure::Throttled { .. } => self.throttled(),
            Failure::Overloaded { retry_after } => Refusal::UNAVAILABLE.after(retry_after),
            Failure::Unavailable(_) => Refusal::UNAVAILABLE.after(Duration::from_secs(1)),
            Failure::Internal(_) => Refusal::INTERNAL,
        }
    }
}

/// The one reason that an upstream text has room for (contract §3.5).
fn reason(breaches: &[PolicyBreach]) -> &'static str {
    match breaches.first() {
        Some(PolicyBreach::TooShort { .. }) => policy_text!("Password not long enough"),
        Some(PolicyBreach::NoUppercase) => policy_text!("Password must have uppercase characters"),
        Some(PolicyBreach::NoLowercase | PolicyBreach::OnlyDigits) => {
            policy_text!("Password must have lowercase characters")
        }
        Some(PolicyBreach::NoDigit) => policy_text!("Password must have numeric characters"),
        Some(PolicyBreach::TooLong { .. }) => policy_text!("Password too long"),
        Some(PolicyBreach::Common | PolicyBreach::OwnIdentifier | PolicyBreach::Weak) | None => {
            policy_text!("Password not strong enough")
        }
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
        let body = serde_json::to_string(self).unwrap_or_default();
        response.content_type("application/json").body(body + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::MessageBody;

    #[test]
    fn the_envelope_is_the_contracts_to_the_byte() {
        let response = Refusal::BAD_CREDENTIALS.error_response();
        assert_eq!(response.status(), 401);
        let body = response.into_body().try_into_bytes().unwrap();
        assert_eq!(&body[..], b"{\"status\":401,\"message\":\"Incorrect username or password.\"}\n");
        assert_eq!(body.len(), 59);
    }

    #[test]
    fn each_operation_has_its_own_no() {
        let no = |operation: Operation| operation.refuse(Failure::WrongResetCode);
        assert_eq!(no(Operation::Login), Refusal::BAD_CREDENTIALS);
        assert_eq!(no(Operation::Refresh), Refusal::UNAUTHORIZED);
        assert_eq!(no(Operation::Revoke), Refusal::UNSUPPORTED_TOKEN);
        assert_eq!(no(Operation::ForgotConfirm), Refusal::CODE_MISMATCH);
        assert_eq!(no(Operation::Mfa), Refusal::UNAUTHORIZED);
    }

    #[test]
    fn only_the_confirmation_names_the_breach() {
        let weak = || Failure::WeakPassword(vec![PolicyBreach::NoUppercase, PolicyBreach::NoDigit]);
        let text = Operation::ForgotConfirm.refuse(weak()).message;
        assert!(
            text.starts_with("InvalidPasswordException: ") && text.ends_with("uppercase characters"),
            "{text}"
        );
        assert_eq!(Operation::Change.refuse(weak()), Refusal::BAD_CREDENTIALS);
        assert_eq!(Operation::NewPassword.refuse(weak()), Refusal::UNAUTHORIZED);
    }

    #[test]
    fn overload_says_when_to_come_back() {
        let overloaded = Failure::Overloaded { retry_after: Duration::from_secs(3) };
        let response = Operation::Login.refuse(overloaded).error_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "3");
    }
}
