//! How credentials travel through this door: a cookie with the session's secret, and a CSRF token beside it (contract
//! §5.1).

use std::time::Duration;

use actix_web::cookie::time::{Duration as Span, OffsetDateTime};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use portcullis_kernel::Token;
use portcullis_sessions::{DoorRules, LookupRule, SessionKind, SessionPlan};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::Barong;

/// How long browsers keep the cookie after the last answer that set it.
const COOKIE_LIFETIME: Duration = Duration::from_hours(24);

impl Barong {
    /// What this door's contract decides about signing in: by e-mail address, also before it is confirmed, with the
    /// second factor beside the password.
    pub(super) fn door_rules(&self) -> DoorRules {
        DoorRules {
            lookup: LookupRule::Email,
            admit_pending: true,
            state_first: self.app.settings.disclose_accounts,
            challenge_lifetime: None,
            session: SessionPlan {
                kind: SessionKind::Cookie,
                lifetime: Some(self.rules().session_expire_time),
                refresh_lifetime: None,
                challenges: None,
            },
        }
    }

    /// The secret in the session cookie, if there is one.
    pub(super) fn session_token(&self, request: &HttpRequest) -> Option<Token> {
        request.cookie(&self.rules().session_name).map(|cookie| Token::from_text(cookie.value()))
    }

    /// Hands the secret of a session over, or takes it back.
    pub(super) fn set_cookie<B>(&self, response: &mut HttpResponse<B>, token: Option<&Token>) {
        let lifetime = if token.is_some() { COOKIE_LIFETIME } else { Duration::ZERO };
        let expires = self.app.ambient.now().plus(lifetime).as_seconds();
        let cookie =
            Cookie::build(self.rules().session_name.clone(), token.map_or("", Token::reveal).to_owned())
                .path("/")
                .expires(OffsetDateTime::from_unix_timestamp(expires).ok())
                .max_age(Span::seconds(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)))
                .http_only(true)
                .same_site(SameSite::Lax)
                .secure(self.app.settings.server.public_url.starts_with("https:"))
                .finish();
        if let Err(error) = response.add_cookie(&cookie) {
            tracing::error!(%error, "a cookie cannot be sent");
        }
    }
}

/// The credentials, for the OpenAPI document.
pub(super) struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let cookie = ApiKeyValue::with_description("_barong_session", "with `X-CSRF-Token` for changes");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let jwt = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("jwt", SecurityScheme::Http(jwt));
    }
}
