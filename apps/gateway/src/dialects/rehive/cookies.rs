//! The cookies of a session that asked for them (contract §3.4).

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::cookie::time::Duration as Span;
use actix_web::cookie::{Cookie, SameSite};
use portcullis_kernel::Token;
use portcullis_sessions::Opened;

use super::Rehive;
use super::auth::{CSRF_COOKIE, REFRESH_COOKIE, TOKEN_COOKIE};
use crate::settings::CookieSecure;

const PATH: &str = "/3/";
const REFRESH_PATH: &str = "/3/auth/refresh/";
/// The page must be able to read it, wherever it lives.
const CSRF_PATH: &str = "/";

/// Hands the secrets of a new session over, and a CSRF token with them.
pub(super) fn set(door: &Rehive, response: &mut HttpResponse, opened: &Opened) {
    let session = &opened.session;
    let lifetime = session.expires_at.map(|expiry| expiry.since(session.created_at));
    if let Some(token) = &opened.credential {
        add(response, door.cookie(TOKEN_COOKIE, token.reveal(), PATH, lifetime));
    }
    set_refresh(door, response, opened.refresh.as_ref());
    let mut csrf = door.cookie(CSRF_COOKIE, door.app.ambient.token().reveal(), CSRF_PATH, lifetime);
    csrf.set_http_only(false);
    add(response, csrf);
}

/// Hands a refresh token over.
pub(super) fn set_refresh(door: &Rehive, response: &mut HttpResponse, token: Option<&Token>) {
    if let Some(token) = token {
        let lifetime = Some(door.rules().refresh_ttl);
        add(response, door.cookie(REFRESH_COOKIE, token.reveal(), REFRESH_PATH, lifetime));
    }
}

impl Rehive {
    fn cookie(&self, name: &str, value: &str, path: &str, lifetime: Option<Duration>) -> Cookie<'static> {
        let secure = match self.rules().cookie_secure {
            CookieSecure::Auto => self.app.settings.server.public_url.starts_with("https:"),
            CookieSecure::Always => true,
            CookieSecure::Never => false,
        };
        let mut cookie = Cookie::build(name.to_owned(), value.to_owned())
            .path(path.to_owned())
            .secure(secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .finish();
        if let Some(lifetime) = lifetime {
            cookie.set_max_age(Span::seconds(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)));
        }
        cookie
    }
}

/// A cookie that cannot travel is not sent: the session behind it stays unused.
fn add(response: &mut HttpResponse, cookie: Cookie<'static>) {
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie cannot be sent");
    }
}
