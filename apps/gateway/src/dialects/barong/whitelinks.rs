//! Links that whitelist the address of whoever follows them (contract §7.7).

use actix_web::web::Data;
use portcullis_sessions::VisitWhitelink;

use super::refusal::{Refusal, Words};
use super::wire::{Answer, Params, ok};
use super::{Barong, DOOR};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Whitelists the caller's address. The link stays good for others.
#[utoipa::path(post, path = "/api/v2/auth/identity/users/access", tag = "users",
    request_body(content = super::forms::AccessForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "The address may come in", body = u32),
    (status = 400, description = "No token", body = Refusal),
    (status = 422, description = "The link is unknown or over, the address is whitelisted already, or not IPv4", body = Refusal),
))]
pub async fn visit(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.user");
    let token = reader.required("whitelink_token");
    reader.finish()?;
    let (gate, company) = (door.app.gate.clone(), door.company().await?.id);
    let command = VisitWhitelink { company, token, client: origin.client(DOOR) };
    let work = async move { gate.visit_whitelink(command).await };
    door.run("barong.visit_whitelink", Words::NONE, work).await?;
    Ok(ok(1))
}
