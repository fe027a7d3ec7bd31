//! Cross-origin rules of this door (contract T12): any page may call it with a token; with cookies, only pages of the
//! origins that the operator lists.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use super::Rehive;
use crate::settings::CorsOrigins;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS");
const HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Accept, Accept-Language, Idempotency-Key, Verified-Challenge, X-CSRFToken, \
     X-Forwarded-For",
);
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After, Idempotent-Replayed");

/// Answers preflights on any path of the door, and lets the calling page read every answer.
pub(super) async fn apply<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let listed = is_listed(&request, &origin);
    if request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    {
        let preflight = HttpResponse::NoContent()
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
            .finish();
        let mut response = request.into_response(preflight).map_into_right_body();
        allow(response.headers_mut(), origin, listed);
        return Ok(response);
    }
    let mut response = next.call(request).await?.map_into_left_body();
    allow(response.headers_mut(), origin, listed);
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    Ok(response)
}

fn is_listed(request: &ServiceRequest, origin: &HeaderValue) -> bool {
    let door = request.app_data::<Data<Rehive>>();
    match door.map(|door| &door.app.settings.server.cors_origins) {
        Some(CorsOrigins::Listed(listed)) => listed.iter().any(|known| known.as_bytes() == origin.as_bytes()),
        Some(CorsOrigins::Any) | None => false,
    }
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, with_credentials: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if with_credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}
