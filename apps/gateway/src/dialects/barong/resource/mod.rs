//! The operations below `resource/` (contract §8): for callers with a session, a key or a JWT.

use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, scope, to};

use super::operations::not_found;
use super::{authorization, transport};

/// The route table.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/resource")
            .wrap(from_fn(authorization::resist))
            .wrap(from_fn(transport::only_json))
            .wrap(from_fn(transport::cross_origin))
            .configure(people)
            .configure(keys)
            .default_service(to(not_found)),
    );
}

/// What users know about themselves.
fn people(_config: &mut ServiceConfig) {}

/// What users prove themselves with.
fn keys(_config: &mut ServiceConfig) {}
