//! Login, renewal, logout, and the two test operations (contract §2.1, §3).

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Query};
use portcullis_kernel::PortError;
use portcullis_sessions::{
    Caller, EndSession, KeySlot, Opened, Renew, RenewError, SignIn, SignInError, SignInOutcome, SigningOrder,
    Via,
};

use super::auth::{any, signed_in};
use super::refusal::{Operation, Refusal};
use super::wire::{LoginRequest, MessageAnswer, TokenQuery, UserAnswer, claims, password, username};
use super::{Bfore, DOOR};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Signs in with a username and password, and a code where the account has a second factor.
#[utoipa::path(post, path = "/user/login", tag = "user", request_body = LoginRequest, responses(
    (status = 200, description = "The user and a token", body = UserAnswer),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 401, description = "`Incorrect credentials`, or `Second factor required`", body = Refusal),
    (status = 403, description = "`Password expired`: change it with `/user/password`", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 429, description = "Too many failures; `Retry-After` says when to come back", body = Refusal),
    (status = 503, description = "Overloaded or without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn login(
    door: Data<Bfore>,
    origin: Origin,
    Decoded(body): Decoded<LoginRequest>,
) -> Result<Json<UserAnswer>, Refusal> {
    let command = SignIn {
        company: door.company().await?.id,
        typed: body.username,
        password: password(body.password)?,
        second_factor: body.otp,
        client: origin.client(DOOR),
        rules: door.door_rules(),
    };
    let handle = door.clone();
    let work = async move {
        match handle.app.sessions.sign_in(command).await? {
            SignInOutcome::Opened(opened) => Ok(handle.user(opened).await?),
            SignInOutcome::NewPasswordRequired(_) => Err(SignInError::PasswordExpired),
            SignInOutcome::SecondFactorRequired(_) => Err(SignInError::SecondFactorRequired),
        }
    };
    let answer = door.app.run("bfore.login", work).await;
    answer.map(Json).map_err(|failure| Refusal::of(Operation::Login, failure))
}

/// Issues another token for an hour; the presented one keeps its own expiry.
#[utoipa::path(get, path = "/user/renew", tag = "user", security(("jwt" = [])), responses(
    (status = 200, description = "The user and a new token", body = UserAnswer),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn renew(
    door: Data<Bfore>,
    origin: Origin,
    request: HttpRequest,
) -> Result<Json<UserAnswer>, Refusal> {
    let caller = signed_in(&door, &request).await?;
    let plan = Bfore::session_plan(door.rules().token_ttl);
    reopen(&door, Renew { caller, plan, ends_origin: false, client: origin.client(DOOR) }).await
}

/// Issues a token of chosen lifetime in place of the presented one.
#[utoipa::path(get, path = "/user/token", tag = "user", params(TokenQuery), security(("jwt" = [])), responses(
    (status = 200, description = "The user and a new token", body = UserAnswer),
    (status = 400, description = "The lifetime is not a whole number within bounds", body = Refusal),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn token(
    door: Data<Bfore>,
    origin: Origin,
    request: HttpRequest,
) -> Result<Json<UserAnswer>, Refusal> {
    let caller = signed_in(&door, &request).await?;
    let query = Query::<TokenQuery>::from_query(request.query_string()).ok().ok_or(Refusal::BAD_LIFETIME)?;
    let plan = Bfore::session_plan(query.lifetime(door.rules().token_ttl)?);
    reopen(&door, Renew { caller, plan, ends_origin: true, client: origin.client(DOOR) }).await
}

/// Ends the presented token; other tokens of the user stay.
#[utoipa::path(get, path = "/user/logout", tag = "user", security(("jwt" = [])), responses(
    (status = 200, description = "Ended", body = MessageAnswer),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn logout(
    door: Data<Bfore>,
    origin: Origin,
    request: HttpRequest,
) -> Result<Json<MessageAnswer>, Refusal> {
    let caller = signed_in(&door, &request).await?;
    if let Via::Session(session) = &caller.via {
        let (account, company) = (caller.account, caller.company);
        let command = EndSession { session: session.id, account, company, client: origin.client(DOOR) };
        let app = door.app.clone();
        let ended = door.app.run("bfore.logout", async move { app.sessions.end(command).await }).await;
        ended.map_err(|failure| Refusal::of(Operation::Authenticated, failure))?;
    }
    Ok(Json(MessageAnswer::new("User logged out")))
}

/// Greets anybody.
#[utoipa::path(get, path = "/test/unsecure", tag = "test", responses(
    (status = 200, description = "`Hi anonymous`", body = MessageAnswer),
))]
pub async fn unsecure() -> Json<MessageAnswer> {
    Json(MessageAnswer::new("Hi anonymous"))
}

/// Greets the holder of a JWT or of an API key.
#[utoipa::path(get, path = "/test/secure", tag = "test", security(("jwt" = []), ("key" = [])), responses(
    (status = 200, description = "`Hi <Username>`", body = MessageAnswer),
    (status = 401, description = "No valid credential", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn secure(door: Data<Bfore>, request: HttpRequest) -> Result<Json<MessageAnswer>, Refusal> {
    let caller = any(&door, &request).await?;
    Ok(Json(MessageAnswer::new(format!("Hi {}", door.greeted(caller).await?))))
}

async fn reopen(door: &Data<Bfore>, command: Renew) -> Result<Json<UserAnswer>, Refusal> {
    let handle = door.clone();
    let work = async move {
        let opened = handle.app.sessions.renew(command).await?;
        Ok::<_, RenewError>(handle.user(opened).await?)
    };
    let answer = door.app.run("bfore.renew", work).await;
    answer.map(Json).map_err(|failure| Refusal::of(Operation::Authenticated, failure))
}

impl Bfore {
    async fn user(&self, opened: Opened) -> Result<UserAnswer, PortError> {
        let now = self.app.ambient.now();
        let expiry = opened.session.expires_at.unwrap_or(now);
        let claims = claims(self, &opened.session, &opened.subject, expiry);
        let order =
            SigningOrder { algorithm: self.rules().algorithm, slot: KeySlot::Access, typed: true, claims };
        let token = self.app.sessions.sign(order).await?;
        Ok(UserAnswer::new(&opened.subject, token, expiry.since(opened.session.created_at)))
    }

    /// The name that the login answers. An API key knows the username alone: who has none is looked up.
    async fn greeted(&self, caller: Caller) -> Result<String, Refusal> {
        if let Some(subject) = &caller.subject {
            return Ok(username(subject));
        }
        if let Some(name) = &caller.username {
            return Ok(name.as_str().to_owned());
        }
        let (accounts, id) = (self.app.accounts.clone(), caller.account.to_string());
        let find = async move { accounts.find(caller.company, &id).await };
        let found = self.app.run("bfore.find_account", find).await;
        let found = found.map_err(|failure| Refusal::of(Operation::Authenticated, failure))?;
        let email = found.and_then(|account| account.email).map(|email| email.value.as_str().to_owned());
        Ok(email.unwrap_or_else(|| caller.account.to_string()))
    }
}
