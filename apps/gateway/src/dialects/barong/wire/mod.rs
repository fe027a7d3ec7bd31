//! What travels: parameters, entities, pages (contract §2, §3, §9).

mod activity;
mod dossier;
mod factor;
mod general;
mod keys;
mod page;
mod params;
mod reader;
mod sign_up;
mod user;

pub use activity::{Activity, Topic, outcome};
pub use dossier::{CodeSent, DataStorage, Phone, Profile};
pub use factor::OtpSecret;
pub use general::{Auth0Configs, Configs, Entropy, GeetestChallenge, Ping, Time, Version};
pub use keys::{ApiKey, KeyChange, NewKey, ServiceAccountRow, key_order};
pub use page::Paging;
pub use params::Params;
pub use reader::Reader;
pub use sign_up::SignUpForm;
pub use user::{Label, Standing, UserWithFullInfo};

use actix_web::HttpResponse;
use serde::Serialize;

use super::refusal::Refusal;

/// What a handler answers.
pub type Answer = Result<HttpResponse, Refusal>;

/// 200 with an entity.
pub fn ok(entity: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(entity)
}

/// 201 with an entity.
pub fn created(entity: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(entity)
}

/// 201 without a body of note: the status, as a number (contract §3.1).
pub fn accepted() -> HttpResponse {
    HttpResponse::Created().json(201)
}
