//! Changing a known password (contract §3.6).

use actix_web::HttpResponse;
use actix_web::web::Data;
use portcullis_accounts::{ChangePassword, Who};
use portcullis_kernel::{SessionId, SweepScope};
use portcullis_sessions::{Caller, Via};

use super::refusal::{Operation, Refusal};
use super::wire::{ChangePasswordRequest, password};
use super::{DOOR, Wikimedia};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Replaces a password that is known; the access token travels in the body.
#[utoipa::path(post, path = "/v1/change-password", tag = "passwords", request_body = ChangePasswordRequest, responses(
    (status = 204, description = "Changed; every other session of the account is over"),
    (status = 401, description = "The token or the password is wrong, or the new one breaks the policy", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 500, description = "Too many attempts, or the token is not even one", body = Refusal),
    (status = 503, description = "Overloaded or without database", body = Refusal),
))]
pub async fn change_password(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<ChangePasswordRequest>,
) -> Result<HttpResponse, Refusal> {
    if body.access_token.contains(char::is_whitespace) {
        return Err(Refusal::INTERNAL);
    }
    let token = door.access_token(body.access_token);
    let caller = door.app.read("wikimedia.authenticate", door.app.sessions.authenticate(token)).await;
    let caller = caller.map_err(|failure| Operation::Change.refuse(failure))?;
    let command = ChangePassword {
        company: caller.company,
        who: Who::Account(caller.account),
        lookup_admits_pending: false,
        previous: password(body.previous_password)?,
        proposed: password(body.proposed_password)?,
        keep: session(&caller),
        sweep: door.sweep(),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let done = door
        .app
        .run("wikimedia.change_password", async move { app.accounts.change_password(command).await })
        .await;
    done.map(|()| HttpResponse::NoContent().finish()).map_err(|failure| Operation::Change.refuse(failure))
}

impl Wikimedia {
    /// Which sessions a new password ends.
    pub(super) fn sweep(&self) -> SweepScope {
        if self.rules().keep_tokens_on_password_change { SweepScope::None } else { SweepScope::All }
    }
}

fn session(caller: &Caller) -> Option<SessionId> {
    match &caller.via {
        Via::Session(session) => Some(session.id),
        Via::ApiKey { .. } => None,
    }
}
