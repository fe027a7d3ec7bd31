//! Changing a password, expired ones included (contract §3).

use actix_web::web::{Data, Json};
use portcullis_accounts::{ChangePassword, Who};
use portcullis_kernel::SweepScope;

use super::refusal::{Operation, Refusal};
use super::wire::{MessageAnswer, PasswordRequest, new_password, password};
use super::{Bfore, DOOR};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Replaces a password that is known; the way out of `Password expired`. Takes no JWT.
#[utoipa::path(post, path = "/user/password", tag = "user", request_body = PasswordRequest, responses(
    (status = 200, description = "`Success`; every session of the user is over, API keys stay", body = MessageAnswer),
    (status = 400, description = "A field is missing, the two differ, or the new one breaks the policy", body = Refusal),
    (status = 401, description = "Wrong user or old password", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 429, description = "Too many failures; `Retry-After` says when to come back", body = Refusal),
    (status = 503, description = "Overloaded or without database; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn change_password(
    door: Data<Bfore>,
    origin: Origin,
    Decoded(body): Decoded<PasswordRequest>,
) -> Result<Json<MessageAnswer>, Refusal> {
    let command = ChangePassword {
        company: door.company().await?.id,
        who: Who::Typed(body.username),
        lookup_admits_pending: false,
        previous: password(body.old)?,
        proposed: new_password(body.new)?,
        keep: None,
        sweep: SweepScope::All,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let done = door
        .app
        .run("bfore.change_password", async move { app.accounts.change_password(command).await })
        .await;
    done.map_err(|failure| Refusal::of(Operation::Login, failure))?;
    Ok(Json(MessageAnswer::new("Success")))
}
