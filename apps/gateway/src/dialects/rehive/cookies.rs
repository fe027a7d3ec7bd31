//! The cookies of a session that asked for them (contract §3.4).

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::cookie::time::Duration as Span;
use actix_web::cookie::{Cookie, SameSite};
use portcullis_kernel::{Timestamp, Token};
use portcullis_sessions::{Opened, Refreshed};

use super::Rehive;
use super::auth::{CSRF_COOKIE, REFRESH_COOKIE, TOKEN_COOKIE};
use crate::settings::CookieSecure;

const PATH: &str = "/3/";
const REFRESH_PATH: &str = "/3/auth/refresh/";
/// The page must be able to read it, wherever it lives.
const CSRF_PATH: &str = "/";

/// What a client of a cookie session is to keep.
pub(super) struct Keepsakes<'a> {
    credential: Option<&'a Token>,
    refresh: Option<&'a Token>,
    expires_at: Option<Timestamp>,
}

impl<'a> From<&'a Opened> for Keepsakes<'a> {
    fn from(opened: &'a Opened) -> Self {
        Self {
            credential: opened.credential.as_ref(),
            refresh: opened.refresh.as_ref(),
            expires_at: opened.session.expires_at,
        }
    }
}

impl<'a> From<&'a Refreshed> for Keepsakes<'a> {
    fn from(refreshed: &'a Refreshed) -> Self {
        Self {
            credential: refreshed.credential.as_ref(),
            refresh: refreshed.refresh.as_ref(),
            expires_at: refreshed.session.expires_at,
        }
    }
}

/// Hands the secrets of a session over, and a CSRF token with them.
pub(super) fn set(door: &Rehive, response: &mut HttpResponse, kept: &Keepsakes<'_>) {
    let lifetime = kept.expires_at.map(|expiry| expiry.since(door.app.ambient.now()));
    if let Some(token) = kept.credential {
        add(response, &door.cookie(TOKEN_COOKIE, token.reveal(), PATH, lifetime));
    }
    if let Some(token) = kept.refresh {
        let lifetime = Some(door.rules().refresh_ttl);
        add(response, &door.cookie(REFRESH_COOKIE, token.reveal(), REFRESH_PATH, lifetime));
    }
    let lifetime = kept.refresh.map_or(lifetime, |_| Some(door.rules().refresh_ttl));
    let mut csrf = door.cookie(CSRF_COOKIE, door.app.ambient.token().reveal(), CSRF_PATH, lifetime);
    csrf.set_http_only(false);
    add(response, &csrf);
}

/// Takes the cookies back if the session behind them has ended.
pub(super) fn cleared(door: &Rehive, ended: bool, mut response: HttpResponse) -> HttpResponse {
    if ended {
        for (name, path) in [(TOKEN_COOKIE, PATH), (REFRESH_COOKIE, REFRESH_PATH), (CSRF_COOKIE, CSRF_PATH)] {
            add(&mut response, &door.cookie(name, "", path, Some(Duration::ZERO)));
        }
    }
    response
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
            let seconds = lifetime.as_secs().saturating_add(u64::from(lifetime.subsec_nanos() > 0));
            cookie.set_max_age(Span::seconds(i64::try_from(seconds).unwrap_or(i64::MAX)));
        }
        cookie
    }
}

/// A cookie that cannot travel is not sent: the session behind it stays unused.
fn add(response: &mut HttpResponse, cookie: &Cookie<'static>) {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, "a cookie cannot be sent");
    }
}
