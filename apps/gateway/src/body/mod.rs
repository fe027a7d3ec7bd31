//! Request bodies, read once and handed to the dialects as plain values.
//!
//! The four contracts disagree about what a body may look like, so this module only takes it apart; what an
//! absent, repeated or wrongly typed field means is said in each dialect's `wire.rs`.

mod fields;
mod multipart;

pub use fields::Fields;

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, ResponseError};

use crate::failure::Failure;
use crate::middleware::Body;

/// A request as far as decoding its body needs to know it.
pub struct Input {
    /// The media type: `Content-Type` up to the first `;` or blank, as sent.
    pub media_type: String,
    /// The query string.
    pub query: String,
    /// The bytes.
    pub bytes: Bytes,
    /// The named parts of a `multipart/form-data` body that could be read.
    pub parts: Option<Fields>,
}

/// What a dialect reads from a body.
pub trait Decode: Sized {
    /// How the dialect refuses.
    type Refusal: ResponseError + 'static;

    /// Reads the body.
    fn decode(input: &Input) -> Result<Self, Self::Refusal>;

    /// Words what kept the body from being read.
    fn refuse(failure: Failure) -> Self::Refusal;
}

/// Extracts a body as its dialect reads it.
pub struct Decoded<T>(pub T);

impl<T: Decode> FromRequest for Decoded<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let bytes = body.await?.bytes().map_err(T::refuse)?;
            let input = Input::new(&request, bytes).await;
            T::decode(&input).map(Self).map_err(Into::into)
        })
    }
}

impl Input {
    async fn new(request: &HttpRequest, bytes: Bytes) -> Self {
        let header =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = header.split([';', ' ']).next().unwrap_or_default().to_owned();
        let parts = if media_type.eq_ignore_ascii_case("multipart/form-data") {
            multipart::read(request.headers(), bytes.clone()).await
        } else {
            None
        };
        Self { media_type, query: request.query_string().to_owned(), bytes, parts }
    }
}
