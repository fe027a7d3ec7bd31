//! The end of an account, by its owner (contract §7.3–7.4, §7.21–7.22).

use actix_web::web::Data;
use portcullis_accounts::{Departure, Leave, RequestLeave};

use super::refusal::{Names, Refusal};
use super::wire::{Answer, Done, KeyRequest, LeaveRequest, done};
use super::{DOOR, Rehive};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Sends a key to deactivate the account, if there is one.
#[utoipa::path(post, path = "/3/auth/deactivate/", tag = "leaving", request_body = LeaveRequest, responses(
    (status = 200, description = "Whether or not there is anything to send", body = Done),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "Too many requests for this account", body = Refusal),
))]
pub async fn deactivate(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<LeaveRequest>) -> Answer {
    request(&door, &origin, body, Departure::Deactivation).await
}

/// Deactivates the account and ends every session of it.
#[utoipa::path(post, path = "/3/auth/deactivate/verify/", tag = "leaving", request_body = KeyRequest, responses(
    (status = 200, description = "The account is deactivated; only an operator can wake it", body = Done),
    (status = 400, description = "The key is wrong, used or expired", body = Refusal),
))]
pub async fn verify_deactivate(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<KeyRequest>,
) -> Answer {
    leave(&door, &origin, body, Departure::Deactivation).await
}

/// Sends a key to ask for the deletion of the account, if there is one.
#[utoipa::path(post, path = "/3/auth/request-delete/", tag = "leaving", request_body = LeaveRequest, responses(
    (status = 200, description = "Whether or not there is anything to send", body = Done),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "Too many requests for this account", body = Refusal),
))]
pub async fn request_delete(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<LeaveRequest>,
) -> Answer {
    request(&door, &origin, body, Departure::Deletion).await
}

/// Deactivates the account, notes that its deletion is asked for, and ends every session of it.
#[utoipa::path(post, path = "/3/auth/request-delete/verify/", tag = "leaving", request_body = KeyRequest, responses(
    (status = 200, description = "The account is deactivated; erasing it is an operator's act", body = Done),
    (status = 400, description = "The key is wrong, used or expired", body = Refusal),
))]
pub async fn verify_request_delete(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<KeyRequest>,
) -> Answer {
    leave(&door, &origin, body, Departure::Deletion).await
}

async fn request(door: &Rehive, origin: &Origin, body: LeaveRequest, departure: Departure) -> Answer {
    let lifetime = match departure {
        Departure::Deactivation => door.rules().deactivate_key_ttl,
        Departure::Deletion => door.rules().delete_key_ttl,
    };
    let command = RequestLeave {
        company: door.company(&body.company).await?.as_deref().cloned(),
        company_typed: body.company,
        typed: body.user,
        departure,
        lifetime,
        quotas: door.app.settings.throttle.messages.clone(),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.accounts.request_leave(command).await };
    door.run("rehive.request_leave", Names::NONE, work).await?;
    Ok(done())
}

async fn leave(door: &Rehive, origin: &Origin, body: KeyRequest, departure: Departure) -> Answer {
    let command = Leave { key: body.key, departure, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.leave(command).await };
    door.run("rehive.leave", Names::secret("key"), work).await?;
    Ok(done())
}
