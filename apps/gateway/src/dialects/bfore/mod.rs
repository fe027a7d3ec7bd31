//! The `bfore` door: the access part of the PreCrime platform API (docs/dialects/bfore.md).

mod accounts;
mod auth;
mod refusal;
mod service_accounts;
mod sessions;
mod wire;

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig, get, post, resource, scope, to};
use actix_web::{HttpResponse, Resource, ResponseError};
use portcullis_accounts::Company;
use utoipa::OpenApi;

use crate::app::App;
use crate::settings::Bfore as Rules;
use auth::Schemes;
use refusal::{Operation, Refusal};

/// What the handlers of this door share.
pub struct Bfore {
    app: App,
}

const DOOR: &str = "bfore";

/// The route table. The GETs under `/user` change state all the same: that is the contract.
pub fn routes(config: &mut ServiceConfig, app: &App) {
    let door = Data::new(Bfore { app: app.clone() });
    config
        .service(
            scope("/user")
                .app_data(door.clone())
                .service(posted("/login").route(post().to(sessions::login)))
                .service(got("/renew").route(get().to(sessions::renew)))
                .service(got("/token").route(get().to(sessions::token)))
                .service(got("/logout").route(get().to(sessions::logout)))
                .service(posted("/password").route(post().to(accounts::change_password)))
                .default_service(to(not_found)),
        )
        .service(
            scope("/authheader")
                .app_data(door.clone())
                .service(posted("/add").route(post().to(service_accounts::add)))
                .service(got("/list").route(get().to(service_accounts::list)))
                .service(posted("/delete").route(post().to(service_accounts::delete)))
                .default_service(to(not_found)),
        )
        .service(
            scope("/test")
                .app_data(door)
                .service(got("/unsecure").route(get().to(sessions::unsecure)))
                .service(got("/secure").route(get().to(sessions::secure)))
                .default_service(to(not_found)),
        );
}

impl Bfore {
    fn rules(&self) -> &Rules {
        &self.app.settings.dialects.bfore
    }

    fn issuer(&self) -> &str {
        &self.app.settings.issuer
    }

    async fn company(&self) -> Result<Arc<Company>, Refusal> {
        let company = self.app.company(&self.rules().company).await;
        company.map_err(|failure| Refusal::of(Operation::Authenticated, failure))
    }
}

fn posted(path: &str) -> Resource {
    resource(path).default_service(to(|| async { wrong_method("POST") }))
}

fn got(path: &str) -> Resource {
    resource(path).default_service(to(|| async { wrong_method("GET") }))
}

fn wrong_method(allowed: &'static str) -> HttpResponse {
    let mut response = Refusal::WRONG_METHOD.error_response();
    let allowed = actix_web::http::header::HeaderValue::from_static(allowed);
    response.headers_mut().insert(actix_web::http::header::ALLOW, allowed);
    response
}

async fn not_found() -> HttpResponse {
    Refusal::NOT_FOUND.error_response()
}

/// The OpenAPI document of this door.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis: bfore",
        description = "The access part of the PreCrime platform API: login, sessions and named API keys."
    ),
    paths(
        sessions::login,
        sessions::renew,
        sessions::token,
        sessions::logout,
        accounts::change_password,
        service_accounts::add,
        service_accounts::list,
        service_accounts::delete,
        sessions::unsecure,
        sessions::secure,
    ),
    modifiers(&Schemes)
)]
pub struct Document;
