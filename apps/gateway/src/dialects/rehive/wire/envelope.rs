//! Answers that say yes (contract T4–T6).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dialects::rehive::refusal::Refusal;

/// What a handler answers.
pub type Answer = Result<HttpResponse, Refusal>;

#[derive(Serialize)]
struct Success<T> {
    status: &'static str,
    data: T,
}

/// An answer without data.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always `success`.
    status: &'static str,
}

/// 200 `{"status":"success","data":…}`.
pub fn success(data: impl Serialize) -> HttpResponse {
    enveloped(StatusCode::OK, data)
}

/// 201 `{"status":"success","data":…}`.
pub fn created(data: impl Serialize) -> HttpResponse {
    enveloped(StatusCode::CREATED, data)
}

/// 200 `{"status":"success"}`: an action or a delete, which has no `data`.
pub fn done() -> HttpResponse {
    HttpResponse::Ok().json(Done { status: "success" })
}

fn enveloped(code: StatusCode, data: impl Serialize) -> HttpResponse {
    HttpResponse::build(code).json(Success { status: "success", data })
}
