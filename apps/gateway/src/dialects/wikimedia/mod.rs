//! The `wikimedia` door: the Wikimedia Enterprise authentication API v1 (docs/dialects/wikimedia.md).

mod accounts;
mod auth;
mod cors;
mod password_reset;
mod refusal;
mod sessions;
mod wire;

use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, post, resource, scope};
use actix_web::{HttpRequest, HttpResponse, Resource, ResponseError};
use portcullis_kernel::CompanyId;
use utoipa::OpenApi;

use crate::app::App;
use crate::settings::Wikimedia as Rules;
use refusal::{Operation, Refusal};

/// What the handlers of this door share.
pub struct Wikimedia {
    app: App,
}

const DOOR: &str = "wikimedia";

/// The route table. Every operation is a POST; no `Authorization` header is read.
pub fn routes(config: &mut ServiceConfig, app: &App) {
    config.service(
        scope("/v1")
            .app_data(Data::new(Wikimedia { app: app.clone() }))
            .wrap(from_fn(cors::apply))
            .service(operation("/login").route(post().to(sessions::login)))
            .service(operation("/token-refresh").route(post().to(sessions::refresh)))
            .service(operation("/token-revoke").route(post().to(sessions::revoke)))
            .service(operation("/mfa-required").route(post().to(sessions::answer_factor)))
            .service(operation("/forgot-password").route(post().to(password_reset::forgot)))
            .service(operation("/forgot-password-confirm").route(post().to(password_reset::confirm)))
            .service(operation("/change-password").route(post().to(accounts::change_password)))
            .service(operation("/new-password-required").route(post().to(password_reset::new_password)))
            .default_service(actix_web::web::to(not_found)),
    );
}

impl Wikimedia {
    fn rules(&self) -> &Rules {
        &self.app.settings.dialects.wikimedia
    }

    fn issuer(&self) -> &str {
        &self.app.settings.issuer
    }

    async fn company(&self, operation: Operation) -> Result<CompanyId, Refusal> {
        let company = self.app.company(&self.rules().company).await;
        company.map(|company| company.id).map_err(|failure| operation.refuse(failure))
    }
}

/// A known path; with another method it does not exist either (contract §2.5).
fn operation(path: &str) -> Resource {
    resource(path).default_service(actix_web::web::to(not_found))
}

/// An unknown path. One trailing slash too many on a known one is a redirect (contract §2.5).
async fn not_found(request: HttpRequest) -> HttpResponse {
    match request.path().strip_suffix('/') {
        Some(known) if request.method() == "POST" && PATHS.contains(&known) => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            HttpResponse::TemporaryRedirect().insert_header((LOCATION, format!("{known}{query}"))).finish()
        }
        Some(_) | None => Refusal::NOT_FOUND.error_response(),
    }
}

const PATHS: [&str; 8] = [
    "/v1/login",
    "/v1/token-refresh",
    "/v1/token-revoke",
    "/v1/mfa-required",
    "/v1/forgot-password",
    "/v1/forgot-password-confirm",
    "/v1/change-password",
    "/v1/new-password-required",
];

/// The OpenAPI document of this door.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis: wikimedia",
        description = "The Wikimedia Enterprise authentication API v1, and `/v1/mfa-required` for accounts with a second factor."
    ),
    paths(
        sessions::login,
        sessions::refresh,
        sessions::revoke,
        sessions::answer_factor,
        password_reset::forgot,
        password_reset::confirm,
        accounts::change_password,
        password_reset::new_password,
    )
)]
pub struct Document;
