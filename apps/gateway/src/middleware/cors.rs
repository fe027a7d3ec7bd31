//! Cross-origin rules for browsers, only if the operator lists origins.
//!
//! A dialect with rules of its own sets `Access-Control-Allow-Origin` itself; what is set already is left alone, and
//! its `OPTIONS` routes are asked first.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::app::App;
use crate::settings::CorsOrigins;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id, retry-after");

/// Marks an answer that is no page's to read: it is left as it is, preflight or not.
pub struct Unshared;

/// Lets listed browser origins read answers, and answers their preflight requests.
///
/// # Errors
/// Those of the inner service.
pub async fn cors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let allowed = allowed_origin(&request);
    let Some((origin, with_credentials)) = allowed else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let requested = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD);
    let preflight = request.method() == Method::OPTIONS && requested.is_some();
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = next.call(request).await?;
    let is_unshared = response.response().extensions().contains::<Unshared>();
    if is_unshared || response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        return Ok(response.map_into_left_body());
    }
    if preflight {
        let mut response = response.into_response(HttpResponse::NoContent().finish());
        allow(response.headers_mut(), origin, with_credentials);
        put(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        if let Some(wanted) = wanted {
            put(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        }
        return Ok(response.map_into_right_body());
    }
    allow(response.headers_mut(), origin, with_credentials);
    put(response.headers_mut(), header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    Ok(response.map_into_left_body())
}

fn allowed_origin(request: &ServiceRequest) -> Option<(HeaderValue, bool)> {
    let app = request.app_data::<Data<App>>()?;
    let origin = request.headers().get(header::ORIGIN)?;
    match &app.settings.server.cors_origins {
        CorsOrigins::Any => Some((HeaderValue::from_static("*"), false)),
        CorsOrigins::Listed(listed) => {
            listed.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| (origin.clone(), true))
        }
    }
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, with_credentials: bool) {
    put(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if with_credentials {
        put(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.insert(name, value);
}
