//! What the door tells about itself (contract §7.11–7.13).

use serde::Serialize;
use utoipa::ToSchema;

use crate::settings::{Barong as Rules, Captcha, PhoneVerification};

/// Proof of life.
#[derive(Serialize, ToSchema)]
pub struct Ping {
    /// Always `pong`.
    ping: &'static str,
}

impl Ping {
    /// `pong`.
    pub const PONG: Self = Self { ping: "pong" };
}

/// The server's clock.
#[derive(Serialize, ToSchema)]
pub struct Time {
    /// Seconds since the Unix epoch.
    pub time: i64,
}

/// Which build answers.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract names them")]
pub struct Version {
    git_tag: &'static str,
    git_sha: &'static str,
    build_date: &'static str,
    version: &'static str,
}

impl Version {
    /// This build. Commit and date are there if the build was told them.
    pub const CURRENT: Self = Self {
        git_tag: env!("CARGO_PKG_VERSION"),
        git_sha: told(option_env!("PORTCULLIS_GIT_SHA")),
        build_date: told(option_env!("PORTCULLIS_BUILD_DATE")),
        version: env!("CARGO_PKG_VERSION"),
    };
}

const fn told(value: Option<&'static str>) -> &'static str {
    match value {
        Some(value) => value,
        None => "unknown",
    }
}

/// What clients need to know to build their forms.
#[derive(Serialize, ToSchema)]
pub struct Configs {
    /// Seconds without use after which a session ends.
    session_expire_time: u64,
    /// `none`, `recaptcha` or `geetest`.
    captcha_type: &'static str,
    /// The site key; only for `recaptcha`.
    #[serde(skip_serializing_if = "Option::is_none")]
    captcha_id: Option<String>,
    /// `mock` or `twilio_sms`.
    phone_verification_type: &'static str,
    /// The least strength of a password.
    password_min_entropy: u32,
    /// The composition rule of passwords, as Ruby writes it.
    password_regexp: String,
}

impl Configs {
    /// What the settings say.
    pub fn new(rules: &Rules) -> Self {
        let (captcha_type, captcha_id) = match &rules.captcha {
            Captcha::None => ("none", None),
            Captcha::Recaptcha { site_key, .. } => ("recaptcha", Some(site_key.clone())),
            Captcha::Geetest { .. } => ("geetest", None),
        };
        Self {
            session_expire_time: rules.session_expire_time.as_secs(),
            captcha_type,
            captcha_id,
            phone_verification_type: match rules.phone_verification {
                PhoneVerification::Mock => "mock",
                PhoneVerification::Sms => "twilio_sms",
            },
            password_min_entropy: rules.password_min_entropy,
            password_regexp: format!("(?-mix:{})", rules.password_regexp),
        }
    }
}

/// Where Auth0 sign-ins come from; empty if there are none.
#[derive(Serialize, ToSchema)]
pub struct Auth0Configs {
    auth0_domain: String,
    auth0_client_id: String,
}

impl Auth0Configs {
    /// What the settings say.
    pub fn new(rules: &Rules) -> Self {
        let (auth0_domain, auth0_client_id) = rules.auth0.clone().unwrap_or_default();
        Self { auth0_domain, auth0_client_id }
    }
}

/// How strong a password is.
#[derive(Serialize, ToSchema)]
pub struct Entropy {
    /// The score; negative for the weakest.
    pub entropy: f64,
}

/// A challenge of Geetest.
#[derive(Serialize, ToSchema)]
pub struct GeetestChallenge {
    /// The client's id at the service.
    pub gt: String,
    /// What to ask.
    pub challenge: String,
}
