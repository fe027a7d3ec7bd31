//! The `barong` door: the Barong v2 auth API (docs/dialects/barong.md).
//!
//! Below the configured prefix lie `identity/` and `public/`, open to everybody, and `resource/` for callers with a
//! session, a key or a JWT. Every other path below it belongs to the reverse proxy that asks who is calling.

mod accounts;
mod auth;
mod authorization;
mod captcha;
mod document;
mod federation;
mod forms;
mod general;
mod mail_token;
mod operations;
mod owner;
mod password_reset;
mod refusal;
mod registration;
mod resource;
mod sessions;
mod swagger;
mod transport;
mod whitelinks;
mod wire;

pub use document::Document;

use std::future::Future;
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, scope, to};
use portcullis_accounts::Company;

use crate::app::App;
use crate::failure::Failure;
use crate::settings::Barong as Rules;
use operations::{not_found, path};
use refusal::{Refusal, Words};
use wire::{Params, Reader};

/// What the handlers of this door share.
pub struct Barong {
    app: App,
}

const DOOR: &str = "barong";

/// The route table.
pub fn routes(config: &mut ServiceConfig, app: &App) {
    let prefix = app.settings.dialects.barong.prefix.as_str();
    let door = Data::new(Barong { app: app.clone() });
    let operations = scope(prefix)
        .app_data(door.clone())
        .configure(identity)
        .configure(resource::routes)
        .configure(public);
    if prefix == authorization::ENDPOINT {
        config.service(operations.default_service(to(authorization::check)));
        return;
    }
    let operations = operations.default_service(to(not_found));
    let endpoint = scope(authorization::ENDPOINT).app_data(door);
    let endpoint = endpoint.default_service(to(authorization::check));
    // Of two scopes around a path the first one takes it, so the inner one comes first.
    if prefix.starts_with(authorization::ENDPOINT) {
        config.service(operations).service(endpoint);
    } else {
        config.service(endpoint).service(operations);
    }
}

/// For everybody.
fn identity(config: &mut ServiceConfig) {
    config.service(
        scope("/identity")
            .wrap(from_fn(authorization::resist))
            .wrap(from_fn(transport::only_json))
            .wrap(from_fn(transport::cross_origin))
            .configure(about_the_server)
            .service(path("/users").post(registration::register))
            .service(path("/users/email/generate_code").post(registration::generate_email_code))
            .service(path("/users/email/confirm_code").post(registration::confirm_email))
            .service(path("/users/password/generate_code").post(password_reset::generate_code))
            .service(path("/users/password/confirm_code").post(password_reset::confirm_code))
            .service(path("/users/register_geetest").get(captcha::register_geetest))
            .service(path("/sessions/auth0").post(federation::login))
            .service(path("/users/access").post(whitelinks::visit))
            .service(path("/sessions").post(sessions::login).delete(sessions::logout))
            .default_service(to(not_found)),
    );
}

/// What `identity/` and `public/` both tell.
fn about_the_server(config: &mut ServiceConfig) {
    config
        .service(path("/ping").get(general::ping))
        .service(path("/time").get(general::time))
        .service(path("/version").get(general::version))
        .service(path("/configs").get(general::configs))
        .service(path("/password/validate").post(general::validate_password));
}

/// What `identity/` tells, where older clients look for it.
fn public(config: &mut ServiceConfig) {
    config.service(
        scope("/public")
            .wrap(from_fn(transport::only_json))
            .wrap(from_fn(transport::cross_origin))
            .configure(about_the_server)
            .service(path("/configs/auth0").get(general::auth0_configs))
            .default_service(to(not_found)),
    );
}

impl Barong {
    fn rules(&self) -> &Rules {
        &self.app.settings.dialects.barong
    }

    /// Reads the parameters of an operation whose table has a 400 row (contract X5, decision D2).
    fn reader<'a>(&self, params: &'a Params, class: &'static str) -> Reader<'a> {
        Reader::new(params, class, self.rules().missing_params_status)
    }

    /// Runs a use case to its end and words its failure.
    async fn run<T, E>(
        &self,
        name: &'static str,
        words: Words,
        use_case: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        self.app.run(name, use_case).await.map_err(|failure| Refusal::of(failure, words))
    }

    /// The company whose accounts this door serves.
    async fn company(&self) -> Result<Arc<Company>, Refusal> {
        let company = self.app.company(&self.rules().company).await;
        company.map_err(|failure| Refusal::of(failure, Words::NONE))
    }
}
