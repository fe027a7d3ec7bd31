//! The OpenAPI document of this door. Its forms are read by hand, so here they are only described.
#![expect(dead_code, reason = "schemas")]

use utoipa::{OpenApi, ToSchema};

use super::auth::Schemes;
use super::{general, sessions};

/// A login.
#[derive(ToSchema)]
pub(super) struct SessionForm {
    email: String,
    password: String,
    /// The code of the second factor, if the account has one.
    otp_code: Option<String>,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis: barong",
        description = "The Barong v2 auth API: cookie sessions, labels, second factors, signed API keys."
    ),
    paths(
        general::ping,
        general::time,
        general::version,
        general::configs,
        general::auth0_configs,
        general::validate_password,
        sessions::login,
        sessions::logout,
    ),
    modifiers(&Schemes)
)]
pub struct Document;
