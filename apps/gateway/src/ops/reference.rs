//! The OpenAPI documents, and a page to browse them whose assets are part of the program.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{ServiceConfig, get};
use utoipa_swagger_ui::{SwaggerUi, Url};

use crate::dialects;
use crate::settings::Settings;

/// Where the document of each dialect is, in the order of [`dialects::ALL`].
static PATHS: LazyLock<Vec<String>> =
    LazyLock::new(|| dialects::ALL.iter().map(|dialect| format!("/openapi/{}.json", dialect.name)).collect());

pub(super) fn routes(server: &mut ServiceConfig, settings: &Settings) {
    let known = dialects::ALL.iter().zip(&*PATHS);
    let enabled = known.filter(|(dialect, _)| (dialect.enabled)(settings));
    let documents = enabled.map(|(dialect, path)| (Url::new(dialect.name, path), (dialect.openapi)()));
    server
        .route("/docs", get().to(to_the_page))
        .service(SwaggerUi::new("/docs/{_:.*}").urls(documents.collect()));
}

async fn to_the_page() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
