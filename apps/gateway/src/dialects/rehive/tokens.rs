//! The caller's tokens (contract §7.24–7.28, §9).

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use portcullis_sessions::{EndMatching, Session, SignIn};

use super::auth::SignedIn;
use super::refusal::{Names, Refusal};
use super::sessions::{handed_over, open_session};
use super::wire::{
    Answer, LabelRequest, SessionAnswer, SessionObject, SessionUser, TokenAnswer, TokenObject, TokenQuery,
    TokenRequest, TokensAnswer, User, created, done, success, token_filter,
};
use super::{DOOR, Rehive, cookies};
use crate::body::Decoded;
use crate::middleware::Origin;

/// The caller's live sessions, newest first, whatever door they were opened at.
#[utoipa::path(get, path = "/3/auth/tokens/", tag = "tokens", params(TokenQuery), security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The tokens", body = TokensAnswer),
    (status = 400, description = "A parameter is malformed", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
))]
pub async fn list(door: Data<Rehive>, caller: SignedIn, request: HttpRequest) -> Answer {
    let (filter, account) = (token_filter(request.query_string())?, caller.subject.id);
    let app = door.app.clone();
    let work = async move { app.sessions.list_matching(account, filter).await };
    let sessions = door.run("rehive.tokens", Names::NONE, work).await?;
    Ok(success(sessions.into_iter().map(TokenObject::new).collect::<Vec<_>>()))
}

/// Creates a token; permanent unless a duration is given. The password is asked for again.
#[utoipa::path(post, path = "/3/auth/tokens/", tag = "tokens", request_body = TokenRequest, security(("token" = []), ("cookie" = [])), responses(
    (status = 201, description = "The token", body = SessionAnswer),
    (status = 400, description = "A field is malformed, or the password is wrong", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
    (status = 429, description = "Too many attempts", body = Refusal),
))]
pub async fn create(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<TokenRequest>,
) -> Answer {
    let company =
        door.company(caller.subject.company_slug.as_str()).await?.ok_or_else(Refusal::unauthorized)?;
    let lifetime = company.settings.token_lifetime(body.duration);
    let lifetime = lifetime.map_err(|refused| Refusal::field("duration", refused.to_string()))?;
    let command = SignIn {
        company: caller.subject.company,
        typed: caller.subject.id.to_string(),
        password: body.password,
        second_factor: None,
        client: origin.client(DOOR),
        rules: door.door_rules(body.auth_method, lifetime, company.settings.factors.setup),
    };
    let opened = open_session(&door, "rehive.create_token", Names::secret("password"), command).await?;
    if let Some(label) = body.label {
        relabel(&door, &opened.session, opened.session.handle.clone(), Some(label)).await?;
    }
    let groups = door.groups(caller.subject.company).await?;
    let user = SessionUser::Full(Box::new(User::new(&opened.subject, &groups)));
    let answer = created(SessionObject::new(&opened, body.auth_method, user));
    Ok(handed_over(&door, &opened, body.auth_method, answer))
}

/// Ends the caller's sessions that the query admits; without a query every one, the caller's own included.
#[utoipa::path(delete, path = "/3/auth/tokens/", tag = "tokens", params(TokenQuery), security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "Ended"),
    (status = 400, description = "A parameter is malformed", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
))]
pub async fn delete_all(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    request: HttpRequest,
) -> Answer {
    let filter = token_filter(request.query_string())?;
    let ends_own = filter.admits(&caller.session);
    let (company, account) = (caller.subject.company, caller.subject.id);
    let command = EndMatching { account, company, filter, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.sessions.end_matching(command).await };
    door.run("rehive.delete_tokens", Names::NONE, work).await?;
    Ok(cookies::cleared(&door, caller.by_cookie && ends_own, done()))
}

/// One live session of the caller.
#[utoipa::path(get, path = "/3/auth/tokens/{token_key}/", tag = "tokens", params(("token_key", description = "Its handle")), security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The token", body = TokenAnswer),
    (status = 401, description = "No session", body = Refusal),
    (status = 404, description = "The caller has no such token", body = Refusal),
))]
pub async fn one(door: Data<Rehive>, caller: SignedIn, key: Path<String>) -> Answer {
    let (app, account, key) = (door.app.clone(), caller.subject.id, key.into_inner());
    let work = async move { app.sessions.by_handle(account, &key).await };
    let session = door.run("rehive.token", Names::NONE, work).await?.ok_or_else(Refusal::not_found)?;
    Ok(success(TokenObject::new(session)))
}

/// Changes the label of a token; also answers PUT.
#[utoipa::path(patch, path = "/3/auth/tokens/{token_key}/", tag = "tokens", params(("token_key", description = "Its handle")), request_body = LabelRequest, security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The token", body = TokenAnswer),
    (status = 400, description = "The label is too long", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
    (status = 404, description = "The caller has no such token", body = Refusal),
))]
pub async fn label(
    door: Data<Rehive>,
    caller: SignedIn,
    key: Path<String>,
    Decoded(body): Decoded<LabelRequest>,
) -> Answer {
    match body.label {
        Some(label) => {
            let session = relabel(&door, &caller.session, key.into_inner(), label).await?;
            Ok(success(TokenObject::new(session)))
        }
        None => one(door, caller, key).await,
    }
}

/// Ends one live session of the caller; it may be the caller's own.
#[utoipa::path(delete, path = "/3/auth/tokens/{token_key}/", tag = "tokens", params(("token_key", description = "Its handle")), security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "Ended"),
    (status = 401, description = "No session", body = Refusal),
    (status = 404, description = "The caller has no such token", body = Refusal),
))]
pub async fn delete(door: Data<Rehive>, origin: Origin, caller: SignedIn, key: Path<String>) -> Answer {
    let ends_own = *key == caller.session.handle;
    let (app, client) = (door.app.clone(), origin.client(DOOR));
    let whose = (caller.subject.company, caller.subject.id);
    let work = async move { app.sessions.end_by_handle(whose, &key, client).await };
    if door.run("rehive.delete_token", Names::NONE, work).await? {
        Ok(cookies::cleared(&door, caller.by_cookie && ends_own, done()))
    } else {
        Err(Refusal::not_found())
    }
}

/// Changes the label of the session with that handle, which must belong to the account of `own`.
async fn relabel(
    door: &Data<Rehive>,
    own: &Session,
    handle: String,
    label: Option<String>,
) -> Result<Session, Refusal> {
    let (app, account) = (door.app.clone(), own.account);
    let work = async move { app.sessions.label(account, handle, label).await };
    door.run("rehive.label_token", Names::NONE, work).await?.ok_or_else(Refusal::not_found)
}
