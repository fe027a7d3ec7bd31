//! Endpoints outside the dialects: for probes, dashboards, verifiers of JWTs, and people who read.

pub mod gauges;
pub mod metrics;
mod probes;
mod reference;

use actix_web::web::{Data, ServiceConfig, get};
use actix_web::{HttpResponse, http::header};

use crate::app::App;

/// Adds the endpoints.
pub fn routes(server: &mut ServiceConfig, app: &App) {
    server
        .route("/healthz", get().to(probes::health))
        .route("/readyz", get().to(probes::ready))
        .route("/metrics", get().to(metrics::metrics))
        .route("/.well-known/jwks.json", get().to(key_set))
        .configure(|server| reference::routes(server, &app.settings));
}

async fn key_set(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .content_type("application/json")
        .body((app.key_set)().to_string())
}
