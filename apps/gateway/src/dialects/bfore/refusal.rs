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
    const INCORRECT: Self = refusal(401, "Incorrect credentials");
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
