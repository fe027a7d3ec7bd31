//! Named API keys, called auth headers here (contract §2.2–2.5).

use actix_web::HttpRequest;
use actix_web::web::{Data, Json};
use portcullis_kernel::Email;
use portcullis_service_accounts::{DeleteHeader, IssueHeader};
use portcullis_sessions::Caller;

use super::auth::signed_in;
use super::refusal::{Operation, Refusal};
use super::wire::{AddRequest, DeleteRequest, KeyAnswer, MessageAnswer};
use super::{Bfore, DOOR};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Issues a key under a name.
#[utoipa::path(post, path = "/authheader/add", tag = "authheader", request_body = AddRequest, security(("jwt" = [])),
    responses(
    (status = 200, description = "The key", body = KeyAnswer),
    (status = 400, description = "No name, a name over 255 characters, or as many keys as allowed", body = Refusal),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn add(
    door: Data<Bfore>,
    origin: Origin,
    request: HttpRequest,
    body: Result<Decoded<AddRequest>, actix_web::Error>,
) -> Result<Json<KeyAnswer>, actix_web::Error> {
    let caller = signed_in(&door, &request).await?;
    let Decoded(body) = body?;
    let command = IssueHeader {
        company: caller.company,
        company_slug: door.company().await?.slug.clone(),
        account: caller.account,
        email: email(&caller),
        name: body.name,
        limit: door.rules().max_auth_headers,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let issued = door.app.run("bfore.add_key", async move { app.keys.issue(command).await }).await;
    let key = issued.map_err(|failure| Refusal::of(Operation::Authenticated, failure))?;
    Ok(Json(KeyAnswer::new(&key).ok_or(Refusal::UNAUTHORIZED)?))
}

/// Lists the caller's keys, oldest first, keys included.
#[utoipa::path(get, path = "/authheader/list", tag = "authheader", security(("jwt" = [])), responses(
    (status = 200, description = "The keys", body = Vec<KeyAnswer>),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn list(door: Data<Bfore>, request: HttpRequest) -> Result<Json<Vec<KeyAnswer>>, Refusal> {
    let caller = signed_in(&door, &request).await?;
    let app = door.app.clone();
    let keys = door.app.run("bfore.list_keys", async move { app.keys.list(caller.account).await }).await;
    let keys = keys.map_err(|failure| Refusal::of(Operation::Authenticated, failure))?;
    Ok(Json(keys.iter().filter_map(KeyAnswer::new).collect()))
}

/// Deletes one of the caller's keys, named by itself.
#[utoipa::path(post, path = "/authheader/delete", tag = "authheader", request_body = DeleteRequest,
    security(("jwt" = [])), responses(
    (status = 200, description = "`Success`; the key opens nothing from now on", body = MessageAnswer),
    (status = 400, description = "No key in the body", body = Refusal),
    (status = 401, description = "No valid JWT", body = Refusal),
    (status = 404, description = "The caller has no such key", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 503, description = "Without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn delete(
    door: Data<Bfore>,
    origin: Origin,
    request: HttpRequest,
    body: Result<Decoded<DeleteRequest>, actix_web::Error>,
) -> Result<Json<MessageAnswer>, actix_web::Error> {
    let caller = signed_in(&door, &request).await?;
    let Decoded(body) = body?;
    let (account, company) = (caller.account, caller.company);
    let command = DeleteHeader { company, account, token: body.text, client: origin.client(DOOR) };
    let app = door.app.clone();
    let deleted = door.app.run("bfore.delete_key", async move { app.keys.delete(command).await }).await;
    deleted.map_err(|failure| Refusal::of(Operation::Authenticated, failure))?;
    Ok(Json(MessageAnswer::new("Success")))
}

fn email(caller: &Caller) -> Option<Email> {
    caller.subject.as_ref().and_then(|subject| subject.email.clone())
}
