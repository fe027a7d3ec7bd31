//! The endpoint that reverse proxies ask about every request (contract §5.5), and what it shares with operations that
//! ask themselves.

use std::borrow::Cow;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};
use portcullis_kernel::CompanyId;
use portcullis_sessions::{Admission, GateRefusal, KeyRefusal, Knock, PlainPath};

use super::operations::not_found;
use super::refusal::{Refusal, Words};
use super::{Barong, DOOR};
use crate::failure::Failure;
use crate::middleware::{Origin, Unshared};

/// Where proxies ask, whatever the prefix of the operations.
pub(super) const ENDPOINT: &str = "/api/v2/auth";
/// First segments that are operations and never asked about there.
const OPERATIONS: [&str; 3] = ["identity", "resource", "public"];

/// Judges the request that the rest of the path, the method and the headers describe: 200 without a body and with the
/// JWT for the upstream, or the refusal for the client.
pub async fn check(door: Data<Barong>, request: HttpRequest) -> HttpResponse {
    let Some(asked) = asked_about(&request) else { return not_found().await };
    let mut answer = match door.judge(&request, asked).await {
        Ok(Admission::Open) => HttpResponse::Ok().finish(),
        Ok(Admission::Admitted(jwt)) => door.admitted(&request, &jwt),
        Err(refusal) => refusal.error_response(),
    };
    // A preflight that this server answered for the upstream would be a success without an identity.
    answer.extensions_mut().insert(Unshared);
    answer
}

/// Keeps clients out that a restriction is about, whatever they ask for.
pub(super) async fn resist<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match resisted(request.request()).await {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(refusal) => Ok(request.into_response(refusal.error_response()).map_into_right_body()),
    }
}

async fn resisted(request: &HttpRequest) -> Result<(), Refusal> {
    let Some(door) = request.app_data::<Data<Barong>>() else { return Ok(()) };
    let (gate, company) = (door.app.gate.clone(), door.company().await?.id);
    let (path, address) = (own_path(request), Origin::of(request).address);
    let work = async move { gate.resist_client(company, &path, Some(address)).await };
    door.run("barong.resist", Words::NONE, work).await
}

impl Barong {
    async fn judge(&self, request: &HttpRequest, path: String) -> Result<Admission, Refusal> {
        let knock = self.knock(self.company().await?.id, request, path);
        let gate = self.app.gate.clone();
        self.run("barong.authorize", Words::NONE, async move { gate.check(knock).await }).await
    }

    /// The answer that lets a request through. Its cookie lives on with the session.
    fn admitted(&self, request: &HttpRequest, jwt: &str) -> HttpResponse {
        let Ok(bearer) = HeaderValue::try_from(format!("Bearer {jwt}")) else {
            return Refusal::of(Failure::Internal("a JWT that is no header".into()), Words::NONE)
                .error_response();
        };
        let mut answer = HttpResponse::Ok().insert_header((AUTHORIZATION, bearer)).finish();
        if signature(request).is_none() {
            let token = self.session_token(request);
            self.set_cookie(&mut answer, token.as_ref());
        }
        answer
    }

    /// What a request brings to show who sends it.
    pub(super) fn knock(&self, company: CompanyId, request: &HttpRequest, path: String) -> Knock {
        Knock {
            company,
            verb: request.method().as_str().to_owned(),
            path,
            cookie: self.session_token(request),
            csrf: header(request, "X-CSRF-Token"),
            signature: signature(request),
            client: Origin::of(request).client(DOOR),
        }
    }
}

/// The path of an operation as it was sent, without the leading slash.
pub(super) fn own_path(request: &HttpRequest) -> String {
    request.uri().path().trim_start_matches('/').to_owned()
}

/// The path that a proxy asks about, as it was sent; `None` if the request is no such question.
fn asked_about(request: &HttpRequest) -> Option<String> {
    let asked = request.uri().path().strip_prefix(ENDPOINT)?.strip_prefix('/')?;
    let (first, _) = asked.split_once('/').unwrap_or((asked, ""));
    let first = PlainPath::parse(first);
    let is_operation = first.is_some_and(|first| OPERATIONS.contains(&first.as_str()));
    (!asked.is_empty() && !is_operation).then(|| asked.to_owned())
}

fn signature(request: &HttpRequest) -> Option<[Option<String>; 3]> {
    let headers = ["X-Auth-Apikey", "X-Auth-Nonce", "X-Auth-Signature"].map(|name| header(request, name));
    headers.iter().any(Option::is_some).then_some(headers)
}

/// A header; one that is no text counts as blank.
fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default().to_owned())
}

/// How the gate's refusals are worded.
pub(super) fn word(refusal: &GateRefusal) -> (u16, Cow<'static, str>) {
    let (code, key) = match refusal {
        GateRefusal::Barred(barred) => {
            return (barred.code, format!("authz.restrict.{}", barred.category.as_str()).into());
        }
        GateRefusal::Blocked => (401, "authz.permission_denied"),
        GateRefusal::CsrfMissing => (401, "authz.missing_csrf_token"),
        GateRefusal::CsrfMismatch => (401, "authz.csrf_token_mismatch"),
        GateRefusal::NoSession | GateRefusal::Key(KeyRefusal::HolderNotAdmitted) => {
            (401, "authz.invalid_session")
        }
        GateRefusal::ClientMismatch => (401, "authz.client_session_mismatch"),
        GateRefusal::NotAdmitted => (401, "authz.user_not_active"),
        GateRefusal::KeyHeaders => (422, "authz.invalid_api_key_headers"),
        GateRefusal::Key(KeyRefusal::Unknown) => (401, "authz.unexistent_apikey"),
        GateRefusal::Key(KeyRefusal::NonceMalformed) => (401, "authz.nonce_not_valid_timestamp"),
        GateRefusal::Key(KeyRefusal::NonceExpired) => (401, "authz.nonce_expired"),
        GateRefusal::Key(KeyRefusal::WrongSignature) => (401, "authz.invalid_signature"),
        GateRefusal::Key(KeyRefusal::Inactive) => (401, "authz.apikey_not_active"),
        GateRefusal::Key(KeyRefusal::NoSecondFactor) => (401, "authz.disabled_2fa"),
        GateRefusal::NotPermitted => (401, "authz.invalid_permission"),
        GateRefusal::Bearer => (401, "jwt.decode_and_verify"),
        GateRefusal::NoOwner => (404, "record.not_found"),
        GateRefusal::Port(_) => (500, "server.internal_error"),
    };
    (code, Cow::Borrowed(key))
}
