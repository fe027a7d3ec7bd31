//! Signing in and out, tokens (contract §7.7–7.8, §7.23–7.28, §9).

use std::time::Duration;

use actix_web::web::Data;
use portcullis_accounts::Company;
use portcullis_kernel::{CompanyId, FactorSet};
use portcullis_sessions::{
    ChallengePlan, DoorRules, LookupRule, Opened, SessionKind, SessionPlan, SignIn, SignInError,
    SignInOutcome,
};
use uuid::Uuid;

use super::refusal::{Names, Refusal};
use super::wire::{Answer, AuthMethod, LoginRequest, SessionAnswer, SessionObject, SessionUser, success};
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
    let command = sign_in(&door, origin, body, company.as_deref())?;
    let app = door.app.clone();
    let work = async move {
        match app.sessions.sign_in(command).await? {
            SignInOutcome::Opened(opened) => Ok(opened),
            SignInOutcome::NewPasswordRequired(_) => Err(SignInError::PasswordExpired),
            SignInOutcome::SecondFactorRequired(_) => Err(SignInError::SecondFactorRequired),
        }
    };
    let opened = door.run("rehive.login", Names::NONE, work).await?;
    let user = SessionUser::Id { id: opened.subject.id.to_string() };
    Ok(handed_over(&door, &opened, method, success(SessionObject::new(&opened, method, user))))
}

/// The attempt. A company that does not exist has no accounts; the password is compared all the same.
fn sign_in(
    door: &Rehive,
    origin: Origin,
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
    mut response: actix_web::HttpResponse,
) -> actix_web::HttpResponse {
    if method == AuthMethod::Cookie {
        cookies::set(door, &mut response, opened);
    }
    response
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
}
