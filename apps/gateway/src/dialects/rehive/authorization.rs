//! Requests that the caller's company wants a second factor for, each time (contract §6.4).

use std::fmt::Write as _;

use actix_web::Error;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::web::{Bytes, Data};
use portcullis_kernel::TokenDigest;
use portcullis_mfa::AuthorizeRequest;

use super::auth::SignedIn;
use super::refusal::{Names, Refusal};
use super::{DOOR, Rehive};
use crate::middleware::{Body, Origin};

const VERIFIED_CHALLENGE: &str = "Verified-Challenge";

/// Paths that a challenge is answered by, or a session ended.
const EXEMPT: [&str; 3] = ["/3/auth/mfa/verify", "/3/auth/mfa/deliver", "/3/auth/logout"];

/// Lets a request through that needs no second factor of its own, or carries the answer to a challenge about exactly
/// this method, path and body. Puts such a challenge otherwise.
pub(super) async fn check(request: &mut ServiceRequest, caller: &SignedIn) -> Result<(), Refusal> {
    let door = request.app_data::<Data<Rehive>>().cloned().ok_or_else(Refusal::unauthorized)?;
    let company = door.company(caller.subject.company_slug.as_str()).await?;
    let (method, path) = (request.method().clone(), request.path().trim_end_matches('/').to_owned());
    let protects = company.is_some_and(|company| company.settings.factors.protects(method.as_str(), &path));
    if !protects || EXEMPT.contains(&path.as_str()) {
        return Ok(());
    }
    let body = take_body(request).await?;
    let answered = request.headers().get(VERIFIED_CHALLENGE).and_then(|value| value.to_str().ok());
    let command = AuthorizeRequest {
        session: caller.session.id,
        company: caller.subject.company,
        account: caller.subject.id,
        request: digest(method.as_str(), &path, request.query_string(), &body),
        answered: answered.map(|text| text.trim().to_owned()),
        lifetime: door.rules().challenge_ttl,
        client: Origin::of(request.request()).client(DOOR),
    };
    let app = door.app.clone();
    door.run("rehive.authorize", Names::NONE, async move { app.factors.authorize(command).await }).await
}

/// Reads the body, and puts it back for the handler.
async fn take_body(request: &mut ServiceRequest) -> Result<Bytes, Refusal> {
    let unread = |_lost: Error| Refusal::malformed("The request body could not be read.");
    let body = request.extract::<Body>().await.map_err(unread)?;
    let bytes = body.bytes().map_err(|failure| Refusal::of(failure, Names::NONE))?;
    request.set_payload(Payload::from(bytes.clone()));
    Ok(bytes)
}

fn digest(method: &str, path: &str, query: &str, body: &[u8]) -> TokenDigest {
    let mut text = format!("{method} {path}?{query}\n");
    for byte in body {
        let _ = write!(text, "{byte:02x}");
    }
    TokenDigest::of(&text)
}
