//! Login, refresh, revoke, and the second factor (contract §3.1–3.3).

use actix_web::HttpResponse;
use actix_web::web::Data;
use portcullis_kernel::PortError;
use portcullis_sessions::{
    AnswerFactor, Challenge, KeySlot, Opened, Refresh, RefreshPolicy, RevokeRefresh, SessionKind, SignIn,
    SignInOutcome, SigningOrder,
};

use super::refusal::{Operation, Refusal};
use super::wire::{
    LoginAnswer, LoginRequest, MfaRequest, RefreshRequest, RevokeRequest, access_claims, id_claims, password,
};
use super::{DOOR, Wikimedia};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Signs in with a username and password.
#[utoipa::path(post, path = "/v1/login", tag = "sessions", request_body = LoginRequest, responses(
    (status = 200, description = "Tokens, or the challenge that comes first", body = LoginAnswer),
    (status = 401, description = "Wrong, unknown, disabled, locked: one answer for all", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 503, description = "Overloaded or without database; `Retry-After` says when", body = Refusal),
))]
pub async fn login(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<LoginRequest>,
) -> Result<LoginAnswer, Refusal> {
    let command = SignIn {
        company: door.company(Operation::Login).await?,
        typed: body.username,
        password: password(body.password)?,
        second_factor: None,
        client: origin.client(DOOR),
        rules: door.door_rules(),
    };
    let app = door.app.clone();
    let outcome = door.app.run("wikimedia.login", async move { app.sessions.sign_in(command).await }).await;
    answer(&door, Operation::Login, outcome.map_err(|failure| Operation::Login.refuse(failure))?).await
}

/// Makes new tokens from a refresh token, which stays as it is.
#[utoipa::path(post, path = "/v1/token-refresh", tag = "sessions", request_body = RefreshRequest, responses(
    (status = 200, description = "New access and ID tokens", body = LoginAnswer),
    (status = 401, description = "The token is unknown, ended, expired, or somebody else's", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "The token has paid for all its refreshes", body = Refusal),
    (status = 503, description = "Without database", body = Refusal),
))]
pub async fn refresh(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<RefreshRequest>,
) -> Result<LoginAnswer, Refusal> {
    let command = Refresh {
        token: body.refresh_token,
        kinds: &[SessionKind::Jwt],
        typed: Some(body.username),
        policy: RefreshPolicy::Fixed { cap: Some(door.rules().refresh_cap) },
        extend: None,
        cookie: None,
        admit_pending: false,
        client: origin.client(DOOR),
    };
    let handle = door.clone();
    let work = async move {
        let refreshed = handle.app.sessions.refresh(command).await?;
        let opened = Opened {
            session: refreshed.session,
            subject: refreshed.subject,
            credential: None,
            refresh: None,
            challenges: Vec::new(),
        };
        Ok::<_, portcullis_sessions::RefreshError>(handle.tokens(opened).await?)
    };
    let answer = door.app.run("wikimedia.refresh", work).await;
    answer.map_err(|failure| Operation::Refresh.refuse(failure))
}

/// Ends a refresh token and every access token that came from it.
#[utoipa::path(post, path = "/v1/token-revoke", tag = "sessions", request_body = RevokeRequest, responses(
    (status = 204, description = "Ended, now or before"),
    (status = 401, description = "Not a refresh token", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 503, description = "Without database", body = Refusal),
))]
pub async fn revoke(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<RevokeRequest>,
) -> Result<HttpResponse, Refusal> {
    let command = RevokeRefresh { token: body.refresh_token, client: origin.client(DOOR) };
    let app = door.app.clone();
    let done =
        door.app.run("wikimedia.revoke", async move { app.sessions.revoke_refresh(command).await }).await;
    done.map(|()| HttpResponse::NoContent().finish()).map_err(|failure| Operation::Revoke.refuse(failure))
}

/// Answers the challenge `SOFTWARE_TOKEN_MFA` with a code; an extension of this server.
#[utoipa::path(post, path = "/v1/mfa-required", tag = "sessions", request_body = MfaRequest, responses(
    (status = 200, description = "Tokens, or the challenge that comes next", body = LoginAnswer),
    (status = 401, description = "Wrong or spent code, or the challenge is over", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 503, description = "Without database", body = Refusal),
))]
pub async fn answer_factor(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<MfaRequest>,
) -> Result<LoginAnswer, Refusal> {
    let command = AnswerFactor {
        company: door.company(Operation::Mfa).await?,
        typed: body.username,
        challenge: body.session,
        code: body.code,
        client: origin.client(DOOR),
        rules: door.door_rules(),
    };
    let app = door.app.clone();
    let outcome =
        door.app.run("wikimedia.mfa", async move { app.sessions.answer_factor(command).await }).await;
    answer(&door, Operation::Mfa, outcome.map_err(|failure| Operation::Mfa.refuse(failure))?).await
}

/// The answer to a sign-in: tokens, or a challenge, which is a success too.
pub(super) async fn answer(
    door: &Data<Wikimedia>,
    operation: Operation,
    outcome: SignInOutcome,
) -> Result<LoginAnswer, Refusal> {
    match outcome {
        SignInOutcome::Opened(opened) => {
            let handle = door.clone();
            let work = async move { handle.tokens(opened).await };
            let answer = door.app.run("wikimedia.tokens", work).await;
            answer.map_err(|failure| operation.refuse(failure))
        }
        SignInOutcome::NewPasswordRequired(challenge) => Ok(halted("NEW_PASSWORD_REQUIRED", &challenge)),
        SignInOutcome::SecondFactorRequired(challenge) => Ok(halted("SOFTWARE_TOKEN_MFA", &challenge)),
    }
}

impl Wikimedia {
    async fn tokens(&self, opened: Opened) -> Result<LoginAnswer, PortError> {
        let now = self.app.ambient.now();
        let access = access_claims(self, &opened.session, &opened.subject, now);
        let id = id_claims(self, &opened.session, &opened.subject, now);
        let order =
            |slot, claims| SigningOrder { algorithm: self.rules().algorithm, slot, typed: false, claims };
        let pair = [order(KeySlot::Id, id), order(KeySlot::Access, access)];
        let [id_token, access_token] = self.app.sessions.sign_pair(pair).await?;
        Ok(LoginAnswer {
            id_token: Some(id_token),
            access_token: Some(access_token),
            refresh_token: opened.refresh.map(|token| token.reveal().to_owned()),
            expires_in: Some(self.rules().access_ttl.as_secs()),
            ..LoginAnswer::default()
        })
    }
}

fn halted(name: &'static str, challenge: &Challenge) -> LoginAnswer {
    let session = Some(challenge.token.reveal().to_owned());
    LoginAnswer { challenge_name: Some(name), session, ..LoginAnswer::default() }
}
