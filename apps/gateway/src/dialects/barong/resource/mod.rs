//! The operations below `resource/` (contract §8): for callers with a session, a key or a JWT.

pub(super) mod activity;
pub(super) mod api_keys;
pub(super) mod data_storage;
pub(super) mod labels;
pub(super) mod otp;
pub(super) mod phones;
pub(super) mod profiles;
pub(super) mod service_accounts;
mod signed_keys;
pub(super) mod swagger_doc;
pub(super) mod users;

use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, scope, to};

use super::operations::{not_found, path};
use super::owner::keep_cookie;
use super::{authorization, transport};

/// The route table.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/resource")
            .wrap(from_fn(keep_cookie))
            .wrap(from_fn(authorization::resist))
            .wrap(from_fn(transport::only_json))
            .wrap(from_fn(transport::cross_origin))
            .configure(people)
            .configure(keys)
            .default_service(to(not_found)),
    );
}

/// What users know about themselves.
fn people(config: &mut ServiceConfig) {
    config
        .service(path("/users/me").get(users::me).put(users::replace_data).delete(users::delete))
        .service(path("/users/password").put(users::change_password))
        .service(path("/users/activity/{topic}").get(activity::list))
        .service(path("/labels").get(labels::list).post(labels::add))
        .service(path("/labels/{key}").get(labels::show).patch(labels::change).delete(labels::remove))
        .service(path("/phones").get(phones::list).post(phones::add))
        .service(path("/phones/send_code").post(phones::send_code))
        .service(path("/phones/verify").post(phones::verify))
        .service(path("/profiles/me").get(profiles::list))
        .service(path("/profiles").post(profiles::open).put(profiles::revise))
        .service(path("/data_storage").post(data_storage::keep));
}

/// What users prove themselves with.
fn keys(config: &mut ServiceConfig) {
    config
        .service(path("/otp/generate_qrcode").post(otp::generate_qrcode))
        .service(path("/otp/enable").post(otp::enable))
        .service(path("/otp/disable").post(otp::disable))
        .service(path("/otp/verify").post(otp::verify))
        .service(path("/api_keys").get(api_keys::list).post(api_keys::create))
        .service(path("/api_keys/{kid}").patch(api_keys::amend).delete(api_keys::delete))
        .service(path("/service_accounts").get(service_accounts::list))
        .service(
            path("/service_accounts/api_keys")
                .get(service_accounts::list_keys)
                .post(service_accounts::create_key),
        )
        .service(
            path("/service_accounts/api_keys/{kid}")
                .put(service_accounts::amend_key)
                .delete(service_accounts::delete_key),
        )
        .service(path("/swagger_doc").get(swagger_doc::whole))
        .service(path("/swagger_doc/{name}").get(swagger_doc::group));
}
