//! Sessions and tokens (contract §5.1, §5.3, §7.7).

use portcullis_kernel::{Password, SweepScope, Timestamp};
use portcullis_sessions::{Opened, Refreshed, SessionKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ChallengeObject, Form, MAX_PASSWORD, User, no_body_refusal};
use crate::body::{Decode, Input};
use crate::dialects::rehive::refusal::Refusal;
use crate::failure::Failure;

/// How the credentials of a new session are handed over (contract §3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMethod {
    /// In the body.
    #[default]
    Token,
    /// As cookies.
    Cookie,
}

impl AuthMethod {
    /// Reads the field `auth_method`.
    pub fn read(form: &mut Form) -> Self {
        let word = |text: &str| match text {
            "token" => Some(Self::Token),
            "cookie" => Some(Self::Cookie),
            _ => None,
        };
        form.choice("auth_method", word).unwrap_or_default()
    }
}

/// Who signs in.
#[derive(ToSchema)]
pub struct LoginRequest {
    /// E-mail, mobile, username or id.
    pub user: String,
    /// The company's id.
    pub company: String,
    /// The password.
    #[schema(value_type = String, max_length = 128)]
    pub password: Password,
    /// Seconds; the company's default if absent, null or 0.
    pub session_duration: Option<u64>,
    /// `token` or `cookie`.
    #[schema(value_type = Option<String>)]
    pub auth_method: AuthMethod,
}

impl Decode for LoginRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let request = Self {
            user: form.required("user", 254),
            company: form.required("company", 100),
            password: password(&mut form, "password"),
            session_duration: form.count("session_duration"),
            auth_method: AuthMethod::read(&mut form),
        };
        form.finish(request)
    }

    fn refuse(failure: Failure) -> Refusal {
        no_body_refusal(failure)
    }
}

/// Which other sessions end with the caller's.
#[derive(ToSchema)]
pub struct LogoutRequest {
    /// `all`, `temporary` (the default) or `none`.
    #[schema(value_type = Option<String>)]
    pub clear_session_option: SweepScope,
}

impl Decode for LogoutRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let clear_session_option = clear_session_option(&mut form);
        form.finish(Self { clear_session_option })
    }

    fn refuse(failure: Failure) -> Refusal {
        no_body_refusal(failure)
    }
}

/// Reads the field `clear_session_option` (contract §3.5).
pub fn clear_session_option(form: &mut Form) -> SweepScope {
    let word = |text: &str| match text {
        "all" => Some(SweepScope::All),
        "temporary" => Some(SweepScope::Temporary),
        "none" => Some(SweepScope::None),
        _ => None,
    };
    form.choice("clear_session_option", word).unwrap_or(SweepScope::Temporary)
}

/// How long a refreshed session lasts from now on.
#[derive(ToSchema)]
pub struct RefreshRequest {
    /// Seconds; the company's default if absent, null or 0.
    pub session_duration: Option<u64>,
}

impl Decode for RefreshRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let session_duration = form.count("session_duration");
        form.finish(Self { session_duration })
    }

    fn refuse(failure: Failure) -> Refusal {
        no_body_refusal(failure)
    }
}

/// A password that must be there.
pub fn password(form: &mut Form, name: &'static str) -> Password {
    let text = form.secret(name, MAX_PASSWORD);
    Password::parse(text).unwrap_or_default()
}

/// A session that was opened just now.
#[derive(Serialize, ToSchema)]
pub struct SessionObject {
    /// Absent when it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Null when the session never ends by itself; absent when it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    #[expect(clippy::option_option, reason = "absent and null mean different things here")]
    refresh_token: Option<Option<String>>,
    user: SessionUser,
    /// What has to be answered before the token is good for anything.
    challenges: Vec<ChallengeObject>,
    /// Milliseconds since the Unix epoch; null for never.
    expires: Option<i64>,
    /// Milliseconds since the Unix epoch.
    created: i64,
}

/// The account of a new session: its id alone, or everything.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SessionUser {
    /// Before anything but a password was proved (contract §11).
    Id {
        /// The account's id.
        id: String,
    },
    /// To its owner.
    Full(Box<User>),
}

impl SessionObject {
    /// The answer for a session; cookies carry the secrets of a cookie session.
    pub fn new(opened: &Opened, method: AuthMethod, user: SessionUser) -> Self {
        let shown = method == AuthMethod::Token;
        let token = opened.credential.as_ref().map(|token| token.reveal().to_owned());
        let refresh = opened.refresh.as_ref().map(|token| token.reveal().to_owned());
        Self {
            token: token.filter(|_| shown),
            refresh_token: shown.then_some(refresh),
            user,
            challenges: opened.challenges.iter().map(ChallengeObject::new).collect(),
            expires: opened.session.expires_at.map(Timestamp::as_millis),
            created: opened.session.created_at.as_millis(),
        }
    }
}

/// A session that was extended just now.
#[derive(Serialize, ToSchema)]
pub struct RefreshObject {
    /// Absent when it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Milliseconds since the Unix epoch.
    expires: Option<i64>,
    /// Milliseconds since the Unix epoch.
    created: i64,
}

impl RefreshObject {
    /// The answer for a session; cookies carry the secrets of a cookie session.
    pub fn new(refreshed: &Refreshed) -> Self {
        let Refreshed { session, refresh, .. } = refreshed;
        let shown = refresh.as_ref().filter(|_| session.kind != SessionKind::Cookie);
        Self {
            refresh_token: shown.map(|token| token.reveal().to_owned()),
            expires: session.expires_at.map(Timestamp::as_millis),
            created: session.created_at.as_millis(),
        }
    }
}

/// The envelope around a refreshed session.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct RefreshAnswer {
    /// Always `success`.
    status: String,
    data: RefreshObject,
}

/// The envelope around a session object.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct SessionAnswer {
    /// Always `success`.
    status: String,
    data: SessionObject,
}
