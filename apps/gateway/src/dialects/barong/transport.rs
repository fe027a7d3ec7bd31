//! What holds for every operation of this door, whatever it does (contract §1): answers are JSON and nothing else, and
//! browsers may read them.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse, ResponseError};
use url::form_urlencoded;

use super::Barong;
use super::refusal::Refusal;
use crate::settings::CorsOrigins;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");
const EXPOSED: HeaderValue = HeaderValue::from_static("Total, Per-Page, Page, Link, Retry-After");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// Refuses formats other than JSON.
pub(super) async fn only_json<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let query = request.query_string().as_bytes();
    let wanted = form_urlencoded::parse(query).find(|(name, _)| name == "format");
    match wanted.map(|(_, format)| format).filter(|format| !format.is_empty() && format != "json") {
        Some(format) => {
            let refusal = Refusal::format_not_supported(&format);
            Ok(request.into_response(refusal.error_response()).map_into_right_body())
        }
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

/// Answers preflights, and lets the calling page read every answer: any page without cookies, or, once the operator
/// lists origins, the pages of these with cookies. Not for the authorization endpoint: there a preflight would be a
/// success without an identity.
pub(super) async fn cross_origin<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some((origin, with_credentials)) = allowed_origin(&request) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        preflight(request).map_into_right_body()
    } else {
        let mut response = next.call(request).await?.map_into_left_body();
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        response
    };
    allow(response.headers_mut(), origin, with_credentials);
    Ok(response)
}

fn preflight(request: ServiceRequest) -> ServiceResponse {
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS));
    answer.insert_header((header::ACCESS_CONTROL_MAX_AGE, "3600"));
    if let Some(wanted) = wanted {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, wanted));
    }
    request.into_response(answer.finish())
}

fn allowed_origin(request: &ServiceRequest) -> Option<(HeaderValue, bool)> {
    let door = request.app_data::<Data<Barong>>()?;
    let origin = request.headers().get(header::ORIGIN)?;
    match &door.app.settings.server.cors_origins {
        CorsOrigins::Listed(listed) if !listed.is_empty() => {
            listed.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| (origin.clone(), true))
        }
        CorsOrigins::Listed(_) | CorsOrigins::Any => Some((ANY, false)),
    }
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, with_credentials: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if with_credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}
