//! Signing in, out and on (contract §7.7–7.8, §7.23, §9).

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use portcullis_accounts::Company;
use portcullis_kernel::{CompanyId, FactorSet, SweepScope};
use portcullis_sessions::{
    ChallengePlan, DoorRules, LookupRule, Opened, Refresh, RefreshPolicy, SessionKind, SessionPlan, SignIn,
    SignInError, SignInOutcome, SignOut, Subject,
};
use uuid::Uuid;

use super::auth::{self, SignedIn};
use super::refusal::{Names, Refusal};
use super::wire::{
    Answer, AuthMethod, LoginRequest, LogoutRequest, RefreshAnswer, RefreshObject, RefreshRequest,
    SessionAnswer, SessionObject, SessionUser, done, success,
};
use super::{DOOR, Rehive, cookies};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Signs in with a password.
#[utoipa::path(post, path = "/3/auth/login/", tag = "sessions", request_body = LoginRequest, responses(
    (status = 200, description = "A session; challenges may be open", body = SessionAnswer),
    (status = 400, description = "A field is malformed, or the credentials are wrong", body = Refusal),
    (status = 429, description = "Too many attempts", body = Refusal),
))]
pub async fn login(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<LoginRequest>) -> Answer {
    let method = body.auth_method;
    let company = door.company(&body.company).await?;
    let command = attempt(&door, &origin, body, company.as_deref())?;
    let opened = open_session(&door, "rehive.login", Names::NONE, command).await?;
    let user = SessionUser::Id { id: opened.subject.id.to_string() };
    Ok(handed_over(&door, &opened, method, success(SessionObject::new(&opened, method, user))))
}

/// The same as `login/`.
#[utoipa::path(post, path = "/3/auth/test-login/", tag = "sessions", request_body = LoginRequest, responses(
    (status = 200, description = "A session; challenges may be open", body = SessionAnswer),
    (status = 400, description = "A field is malformed, or the credentials are wrong", body = Refusal),
    (status = 429, description = "Too many attempts", body = Refusal),
))]
pub async fn test_login(door: Data<Rehive>, origin: Origin, body: Decoded<LoginRequest>) -> Answer {
    login(door, origin, body).await
}

/// Ends the caller's session in any case, and others as far as `clear_session_option` says.
#[utoipa::path(post, path = "/3/auth/logout/", tag = "sessions", request_body = LogoutRequest, security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "Signed out"),
    (status = 400, description = "No such option", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
))]
pub async fn logout(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<LogoutRequest>,
) -> Answer {
    sign_out(&door, &origin, caller, body.clear_session_option).await
}

/// Ends the caller's session and every temporary one.
#[utoipa::path(post, path = "/3/auth/logout/all/", tag = "sessions", security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "Signed out"),
    (status = 401, description = "No session", body = Refusal),
))]
pub async fn logout_all(door: Data<Rehive>, origin: Origin, caller: SignedIn) -> Answer {
    sign_out(&door, &origin, caller, SweepScope::Temporary).await
}

/// Extends a session, expired or not, with `Authorization: Refresh-Token …` or the cookie. The token stays the same; the
/// refresh token is replaced.
#[utoipa::path(post, path = "/3/auth/refresh/", tag = "sessions", request_body = RefreshRequest, security(("refresh" = [])), responses(
    (status = 200, description = "Extended", body = RefreshAnswer),
    (status = 400, description = "The duration is malformed or not allowed", body = Refusal),
    (status = 401, description = "The refresh token is unknown, used, expired, or its session ended", body = Refusal),
    (status = 403, description = "A cookie without its CSRF token", body = Refusal),
))]
pub async fn refresh(
    door: Data<Rehive>,
    origin: Origin,
    request: HttpRequest,
    Decoded(body): Decoded<RefreshRequest>,
) -> Answer {
    let token = auth::refresh_token(&request)?;
    let subject = door.refreshing(token.clone()).await?;
    let company = door.company(subject.company_slug.as_str()).await?.ok_or_else(Refusal::unauthorized)?;
    let command = Refresh {
        token,
        typed: None,
        policy: RefreshPolicy::SingleUse { lifetime: door.rules().refresh_ttl },
        extend: Some(lifetime(&company, body.session_duration)?),
        kinds: &[SessionKind::Opaque, SessionKind::Cookie],
        cookie: auth::cookie_token(&request),
        admit_pending: false,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.sessions.refresh(command).await };
    let refreshed = door.run("rehive.refresh", Names::NONE, work).await?;
    let mut answer = success(RefreshObject::new(&refreshed));
    if refreshed.session.kind == SessionKind::Cookie {
        cookies::set(&door, &mut answer, &(&refreshed).into());
    }
    Ok(answer)
}

/// The attempt. A company that does not exist has no accounts; the password is compared all the same.
fn attempt(
    door: &Rehive,
    origin: &Origin,
    body: LoginRequest,
    company: Option<&Company>,
) -> Result<SignIn, Refusal> {
    let nobody = || (CompanyId::from_uuid(Uuid::nil()), format!("{}/{}", body.company, body.user));
    let (id, typed) = company.map_or_else(nobody, |company| (company.id, body.user.clone()));
    let lifetime = match company {
        Some(company) => lifetime(company, body.session_duration)?,
        None => Duration::ZERO,
    };
    let setup = company.map(|company| company.settings.factors.setup).unwrap_or_default();
    Ok(SignIn {
        company: id,
        typed,
        password: body.password,
        second_factor: None,
        client: origin.client(DOOR),
        rules: door.door_rules(body.auth_method, Some(lifetime), setup),
    })
}

/// Signs in, or says why not.
pub(super) async fn open_session(
    door: &Data<Rehive>,
    name: &'static str,
    names: Names,
    command: SignIn,
) -> Result<Opened, Refusal> {
    let app = door.app.clone();
    let work = async move {
        match app.sessions.sign_in(command).await? {
            SignInOutcome::Opened(opened) => Ok(opened),
            SignInOutcome::NewPasswordRequired(_) => Err(SignInError::PasswordExpired),
            SignInOutcome::SecondFactorRequired(_) => Err(SignInError::SecondFactorRequired),
        }
    };
    door.run(name, names, work).await
}

/// How long a session of the company lasts (contract §3.3).
pub(super) fn lifetime(company: &Company, wanted: Option<u64>) -> Result<Duration, Refusal> {
    let lifetime = company.settings.session_lifetime(wanted);
    lifetime.map_err(|refused| Refusal::field("session_duration", refused.to_string()))
}

/// Adds the cookies of a session that is handed over as such.
pub(super) fn handed_over(
    door: &Rehive,
    opened: &Opened,
    method: AuthMethod,
    mut response: HttpResponse,
) -> HttpResponse {
    if method == AuthMethod::Cookie {
        cookies::set(door, &mut response, &opened.into());
    }
    response
}

async fn sign_out(door: &Data<Rehive>, origin: &Origin, caller: SignedIn, others: SweepScope) -> Answer {
    let command = SignOut { session: caller.session, others, client: origin.client(DOOR) };
    let app = door.app.clone();
    door.run("rehive.logout", Names::NONE, async move { app.sessions.sign_out(command).await }).await?;
    Ok(cookies::cleared(door, caller.by_cookie, done()))
}

impl Rehive {
    /// What this door decides about signing in: any identifier will do, a session without end has no refresh token,
    /// and the second factor is asked for once it is open. `setup` is what the company's `mfa_setup_types` says.
    pub(super) fn door_rules(
        &self,
        method: AuthMethod,
        lifetime: Option<Duration>,
        setup: FactorSet,
    ) -> DoorRules {
        DoorRules {
            lookup: LookupRule::Any,
            admit_pending: false,
            state_first: false,
            challenge_lifetime: None,
            session: SessionPlan {
                kind: match method {
                    AuthMethod::Token => SessionKind::Opaque,
                    AuthMethod::Cookie => SessionKind::Cookie,
                },
                lifetime,
                refresh_lifetime: lifetime.map(|_| self.rules().refresh_ttl),
                challenges: Some(ChallengePlan { lifetime: self.rules().challenge_ttl, setup }),
            },
        }
    }

    /// Whose session a refresh token of this door refreshes.
    async fn refreshing(&self, token: String) -> Result<Subject, Refusal> {
        let app = self.app.clone();
        let work = async move { app.sessions.refreshing(&token).await };
        self.run("rehive.refreshing", Names::NONE, work).await?.ok_or_else(Refusal::unauthorized)
    }
}
