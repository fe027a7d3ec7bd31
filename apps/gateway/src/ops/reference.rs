//! The OpenAPI documents, and a page to browse them whose assets are part of the program.

use std::sync::{LazyLock, OnceLock};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, ServiceConfig, get};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use crate::dialects::{self, Dialect};
use crate::settings::Settings;

/// The document of each dialect.
static DOCUMENTS: LazyLock<Vec<Document>> =
    LazyLock::new(|| dialects::ALL.iter().map(Document::of).collect());

/// An OpenAPI document, written when it is first asked for: a start does not wait for it.
struct Document {
    dialect: &'static Dialect,
    path: String,
    text: OnceLock<Option<Bytes>>,
}

pub(super) fn routes(server: &mut ServiceConfig, settings: &Settings) {
    let enabled = || DOCUMENTS.iter().filter(|document| (document.dialect.enabled)(settings));
    for document in enabled() {
        server.route(&document.path, get().to(move || async { document.answer() }));
    }
    let urls: Vec<Url<'static>> =
        enabled().map(|document| Url::new(document.dialect.name, document.path.as_str())).collect();
    server
        .route("/docs", get().to(to_the_page))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(urls)));
}

impl Document {
    fn of(dialect: &'static Dialect) -> Self {
        Self { dialect, path: format!("/openapi/{}.json", dialect.name), text: OnceLock::new() }
    }

    fn answer(&self) -> HttpResponse {
        let text = self.text.get_or_init(|| (self.dialect.openapi)().to_json().map(Bytes::from).ok());
        match text {
            Some(text) => HttpResponse::Ok().content_type("application/json").body(text.clone()),
            None => HttpResponse::InternalServerError().finish(),
        }
    }
}

async fn to_the_page() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
