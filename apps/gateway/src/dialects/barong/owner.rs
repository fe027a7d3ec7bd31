//! Whose resources an operation is about (contract §5.4).

use std::future::Future;
use std::pin::Pin;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use portcullis_kernel::{AccountId, CompanyId, SessionId};
use portcullis_sessions as sessions;

use super::Barong;
use super::authorization::own_path;
use super::refusal::{Refusal, Words};
use super::wire::Params;
use crate::body::Decoded;
use crate::failure::Failure;

/// The caller of an operation below `resource/`, which takes it before anything else: by a JWT in `Authorization`, or,
/// where no proxy put one there, by the cookie or the signature of the request itself.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The company of the account.
    pub company: CompanyId,
    /// The account.
    pub account: AccountId,
    /// The session by which it asks, unless it asks by an API key.
    pub session: Option<SessionId>,
}

impl FromRequest for Owner {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { owner(&request).await })
    }
}

/// A caller and what it sent. Who may not ask at all is not told what is wrong with the question.
pub struct Asked {
    /// The caller.
    pub owner: Owner,
    /// The parameters.
    pub params: Params,
}

impl FromRequest for Asked {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, params) = (request.clone(), Decoded::from_request(request, payload));
        Box::pin(async move {
            let owner = owner(&request).await?;
            let Decoded(params) = params.await?;
            Ok(Self { owner, params })
        })
    }
}

/// Marks a request whose cookie named its caller.
struct ByCookie;

/// Lets a cookie live on with the session that it belongs to (contract §5.1).
pub(super) async fn keep_cookie<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let request = response.request().clone();
    let by_cookie = request.extensions().get::<ByCookie>().is_some();
    if let Some(door) = request.app_data::<Data<Barong>>().filter(|_| by_cookie) {
        door.set_cookie(response.response_mut(), door.session_token(&request).as_ref());
    }
    Ok(response)
}

async fn owner(request: &HttpRequest) -> Result<Owner, Refusal> {
    let lost = || Refusal::of(Failure::Internal("an operation outside its door".into()), Words::NONE);
    let door = request.app_data::<Data<Barong>>().ok_or_else(lost)?;
    let (gate, company) = (door.app.gate.clone(), door.company().await?.id);
    if request.headers().contains_key(AUTHORIZATION) {
        // What is no bearer token is as good as a forged one.
        let compact = bearer(request).unwrap_or_default().to_owned();
        let work = async move { gate.bearer(company, compact).await };
        return door.run("barong.bearer", Words::NONE, work).await.map(Owner::from);
    }
    let knock = door.knock(company, request, own_path(request));
    let work = async move { gate.owner(knock).await };
    let owner = door.run("barong.owner", Words::NONE, work).await.map(Owner::from)?;
    if owner.session.is_some() {
        request.extensions_mut().insert(ByCookie);
    }
    Ok(owner)
}

impl From<sessions::Owner> for Owner {
    fn from(found: sessions::Owner) -> Self {
        let sessions::Owner { company, account, session } = found;
        Self { company, account, session }
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    let (scheme, compact) = value.split_once(' ')?;
    (values.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| compact.trim())
}
