//! How credentials travel through this door: `Authorization: Token …`, or the cookie `token` (contract §3.1, §3.4).
//!
//! A path that needs a session goes through [`require`], so 401 comes before anything else is looked at. Its handlers
//! take the caller as [`SignedIn`]. Other paths ignore every credential.

use std::future::{Ready, ready};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, ResponseError};
use portcullis_kernel::{ChallengeKind, Secret, SessionChallenge, Token};
use portcullis_sessions::{
    Authenticate, AuthenticateError, ChallengedCaller, Credential, Session, Sessions, Subject, Via,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};

use super::refusal::{Names, Refusal};
use super::{Rehive, authorization};

/// The cookie that carries a token.
pub(super) const TOKEN_COOKIE: &str = "token";
/// The cookie that a page must be able to read to change anything.
pub(super) const CSRF_COOKIE: &str = "csrftoken";
/// The cookie that carries a refresh token.
pub(super) const REFRESH_COOKIE: &str = "refresh_token";
const CSRF_HEADER: &str = "X-CSRFToken";

/// The caller of an operation that needs a session.
#[derive(Clone)]
pub struct SignedIn {
    /// By which session.
    pub session: Session,
    /// The account.
    pub subject: Subject,
    /// What the session can answer; looked up only where challenges may be open.
    pub challenges: Vec<SessionChallenge>,
    /// Whether the credential came as a cookie.
    pub by_cookie: bool,
}

/// Which open challenges a path puts up with (contract §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// None.
    Nothing,
    /// Those to set up a factor, for GET and POST.
    Setup,
    /// All.
    Everything,
}

impl Tolerance {
    /// Whether this challenge bars the method.
    fn bars(self, challenge: &SessionChallenge, method: &Method) -> bool {
        let may_set_up = [Method::GET, Method::HEAD, Method::POST].contains(method);
        match (self, challenge.kind) {
            (Self::Everything, _) | (_, ChallengeKind::Authorization) => false,
            (Self::Setup, ChallengeKind::Setup) => !may_set_up,
            (Self::Setup, ChallengeKind::Authentication) | (Self::Nothing, _) => true,
        }
    }
}

/// Lets requests through that carry an honoured token; the others are answered 401, or 403 when challenges are open or
/// a cookie comes without its CSRF token.
pub(super) async fn require<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
    tolerance: Tolerance,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let admitted = match caller(request.request(), tolerance).await {
        Ok(caller) => authorization::check(&mut request, &caller).await.map(|()| caller),
        Err(refusal) => Err(refusal),
    };
    match admitted {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(refusal) => Ok(request.into_response(refusal.error_response()).map_into_right_body()),
    }
}

async fn caller(request: &HttpRequest, tolerance: Tolerance) -> Result<SignedIn, Refusal> {
    let door = request.app_data::<Data<Rehive>>().ok_or_else(Refusal::unauthorized)?;
    let (credential, by_cookie) = match from_header(request.headers(), "token")? {
        Some(token) => (Credential::Opaque(token), false),
        None => (Credential::Cookie(from_cookie(request, TOKEN_COOKIE)?), true),
    };
    let command = Authenticate { credential, admit_pending: false };
    let work = recognise(&door.app.sessions, command, tolerance, request.method());
    let found = door.app.read("rehive.authenticate", work).await;
    let ChallengedCaller { caller, challenges } = found.map_err(refuse)?;
    match (caller.via, caller.subject) {
        (Via::Session(session), Some(subject)) => {
            door.count(subject.id)?;
            Ok(SignedIn { session, subject, challenges, by_cookie })
        }
        (Via::Session(_) | Via::ApiKey { .. }, _) => Err(Refusal::unauthorized()),
    }
}

async fn recognise(
    sessions: &Sessions,
    command: Authenticate,
    tolerance: Tolerance,
    method: &Method,
) -> Result<ChallengedCaller, AuthenticateError> {
    if tolerance == Tolerance::Nothing {
        let caller = sessions.authenticate(command).await?;
        return Ok(ChallengedCaller { caller, challenges: Vec::new() });
    }
    let found = sessions.authenticate_challenged(command).await?;
    let shutting = || found.challenges.iter().filter(|challenge| challenge.kind.shuts_session());
    if shutting().any(|challenge| tolerance.bars(challenge, method)) {
        return Err(AuthenticateError::Challenged(shutting().cloned().collect()));
    }
    Ok(found)
}

/// A token whose account is kept out is no better than one that does not exist (contract §3.2).
fn refuse(failure: crate::failure::Failure) -> Refusal {
    match failure {
        crate::failure::Failure::NotAdmitted(_) => Refusal::unauthorized(),
        other => Refusal::of(other, Names::NONE),
    }
}

/// The token in the header: exactly two words, the first of which is the scheme in any case. A header that is there
/// decides.
fn from_header(headers: &HeaderMap, wanted: &str) -> Result<Option<Token>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| values.next().is_none()).ok_or_else(Refusal::unauthorized)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [scheme, token] if scheme.eq_ignore_ascii_case(wanted) => Ok(Some(Token::from_text(*token))),
        _ => Err(Refusal::unauthorized()),
    }
}

/// The refresh token of a request, from the header or the cookie (contract §9).
pub(super) fn refresh_token(request: &HttpRequest) -> Result<String, Refusal> {
    let token = match from_header(request.headers(), "refresh-token")? {
        Some(token) => token,
        None => from_cookie(request, REFRESH_COOKIE)?,
    };
    Ok(token.reveal().to_owned())
}

/// The token that a client of a cookie session still has.
pub(super) fn cookie_token(request: &HttpRequest) -> Option<Token> {
    request.cookie(TOKEN_COOKIE).map(|cookie| Token::from_text(cookie.value()))
}

fn from_cookie(request: &HttpRequest, name: &str) -> Result<Token, Refusal> {
    let cookie = request.cookie(name).ok_or_else(Refusal::unauthorized)?;
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if safe || csrf_matches(request) {
        Ok(Token::from_text(cookie.value()))
    } else {
        Err(Refusal::forbidden("CSRF verification failed."))
    }
}

fn csrf_matches(request: &HttpRequest) -> bool {
    let header = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    let cookie = request.cookie(CSRF_COOKIE);
    match (header, cookie) {
        (Some(header), Some(cookie)) => !header.is_empty() && Secret::new(header).matches(cookie.value()),
        _ => false,
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions_mut().remove::<Self>();
        ready(caller.ok_or_else(|| Refusal::unauthorized().into()))
    }
}

/// The two credentials, for the OpenAPI document.
pub(super) struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let header = ApiKeyValue::with_description("Authorization", "`Token <token>`");
        components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(header)));
        let refresh = ApiKeyValue::with_description("Authorization", "`Refresh-Token <refresh_token>`");
        components.add_security_scheme("refresh", SecurityScheme::ApiKey(ApiKey::Header(refresh)));
        let cookie =
            ApiKey::Cookie(ApiKeyValue::with_description(TOKEN_COOKIE, "with `auth_method: cookie`"));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}
