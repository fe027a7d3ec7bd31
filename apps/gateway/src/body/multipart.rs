//! `multipart/form-data` (RFC 7578), text parts only.

use actix_multipart::Multipart;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Fields;

const MAX_PARTS: usize = 64;

/// The named text parts; `None` if the body is malformed, not UTF-8, or has more than 64 parts.
pub(super) async fn read(headers: &HeaderMap, bytes: Bytes) -> Option<Fields> {
    let body = stream::once(std::future::ready(Ok(bytes))).boxed_local();
    let mut multipart = Multipart::new(headers, body);
    let mut pairs = Vec::new();
    while let Some(mut part) = multipart.try_next().await.ok()? {
        let name = part.name().map(str::to_owned);
        let mut content = Vec::new();
        while let Some(chunk) = part.try_next().await.ok()? {
            content.extend_from_slice(&chunk);
        }
        if let Some(name) = name {
            pairs.push((name, String::from_utf8(content).ok()?));
        }
        if pairs.len() > MAX_PARTS {
            return None;
        }
    }
    Some(pairs.into_iter().collect())
}
