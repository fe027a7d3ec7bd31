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
            Self::Login | Self::Refresh | Self::Revoke | Self::Forgot | Self::NewPassword | Self::Mfa => self.no(),
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
