//! What the door tells anybody (contract §7.11–7.13, and the same below `public/`).

use actix_web::HttpResponse;
use actix_web::web::Data;
use portcullis_kernel::BarongRules;

use super::Barong;
use super::refusal::Refusal;
use super::wire::{Answer, Auth0Configs, Configs, Entropy, Params, Ping, Reader, Time, Version, created, ok};
use crate::body::Decoded;

/// Proof of life.
#[utoipa::path(get, path = "/api/v2/auth/identity/ping", tag = "general", responses(
    (status = 200, description = "`pong`", body = Ping),
))]
pub async fn ping() -> HttpResponse {
    ok(Ping::PONG)
}

/// The server's clock.
#[utoipa::path(get, path = "/api/v2/auth/identity/time", tag = "general", responses(
    (status = 200, description = "Seconds since the Unix epoch", body = Time),
))]
pub async fn time(door: Data<Barong>) -> HttpResponse {
    ok(Time { time: door.app.ambient.now().as_seconds() })
}

/// Which build answers.
#[utoipa::path(get, path = "/api/v2/auth/identity/version", tag = "general", responses(
    (status = 200, description = "The build", body = Version),
))]
pub async fn version() -> HttpResponse {
    ok(Version::CURRENT)
}

/// What clients need to know to build their forms.
#[utoipa::path(get, path = "/api/v2/auth/identity/configs", tag = "general", responses(
    (status = 200, description = "The settings that show", body = Configs),
))]
pub async fn configs(door: Data<Barong>) -> HttpResponse {
    ok(Configs::new(door.rules()))
}

/// Where Auth0 sign-ins come from.
#[utoipa::path(get, path = "/api/v2/auth/public/configs/auth0", tag = "general", responses(
    (status = 200, description = "The Auth0 tenant and client", body = Auth0Configs),
))]
pub async fn auth0_configs(door: Data<Barong>) -> HttpResponse {
    ok(Auth0Configs::new(door.rules()))
}

/// Scores a password; whether it may be used, the client compares.
#[utoipa::path(post, path = "/api/v2/auth/identity/password/validate", tag = "general",
    params(("password" = String, Query, description = "The password, better sent in the body")), responses(
    (status = 201, description = "The score", body = Entropy),
    (status = 422, description = "`identity.general.missing_password`", body = Refusal),
))]
pub async fn validate_password(door: Data<Barong>, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = Reader::new(&params, "identity.general", 422);
    let password = reader.present("password");
    reader.finish()?;
    let rules = BarongRules {
        min_score: f64::from(door.rules().password_min_entropy),
        dictionary: door.rules().password_use_dictionary,
    };
    Ok(created(Entropy { entropy: rules.score(&password) }))
}
