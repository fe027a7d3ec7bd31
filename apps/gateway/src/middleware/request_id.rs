//! The id of a request: taken over from the caller if it is well-formed, made here otherwise, and always echoed.

use std::sync::Arc;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use portcullis_kernel::MessageId;

use crate::app::App;

/// The header that carries it, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Arc<str>;
}

/// The id of the request that is being handled, if any.
#[must_use]
pub fn current() -> Option<Arc<str>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Gives every request an id, and every answer the id of its request.
///
/// # Errors
/// Those of the inner service.
pub async fn request_id<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_well_formed(id));
    let id: Arc<str> = match (given, request.app_data::<Data<App>>()) {
        (Some(id), _) => id.into(),
        (None, Some(app)) => app.ambient.fresh::<MessageId>().to_string().into(),
        (None, None) => return next.call(request).await,
    };
    let mut response = CURRENT.scope(Arc::clone(&id), next.call(request)).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// 1 to 100 letters, digits and `. _ -`: nothing that could break a log line or a header.
fn is_well_formed(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_over_plain_ids_only() {
        for good in ["a", "0191d3f0-0000-7000-8000-000000000001", "req_1.2-x"] {
            assert!(is_well_formed(good), "{good}");
        }
        for bad in ["", "a b", "a\"b", "é", "{\"x\":1}", &"x".repeat(101)] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
