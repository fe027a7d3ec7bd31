//! The payload of a request: read whole, bounded, and handed over without a verdict, because each dialect words a
//! refusal in its own way.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::StreamExt;

use crate::failure::Failure;

/// The largest body that any operation takes, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// What a client sent: its bytes, or why there are none.
pub struct Body(Result<Bytes, Failure>);

impl Body {
    /// The bytes; none for an empty body.
    ///
    /// # Errors
    /// [`Failure::BodyTooLarge`] beyond [`MAX_BODY`], [`Failure::BodyBroken`] if it broke off or could not be decoded.
    pub fn bytes(self) -> Result<Bytes, Failure> {
        self.0
    }
}

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let payload = payload.take();
        Box::pin(async move { Ok(Self(read(announced, payload).await)) })
    }
}

async fn read(announced: Option<usize>, mut payload: Payload) -> Result<Bytes, Failure> {
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Failure::BodyTooLarge);
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(16 * 1024));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Failure::BodyTooLarge,
            _ => Failure::BodyBroken,
        })?;
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Failure::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
