//! How credentials travel through this door: a JWT in `Authorization`, bare or as a bearer token, or an API key in
//! `X-Authorization`; the former decides when both are sent (contract §1, §2.5).

use actix_web::HttpRequest;
use actix_web::web::Data;
use portcullis_kernel::Token;
use portcullis_sessions::{
    Authenticate, Caller, Credential, DoorRules, JwtExpectation, KeySlot, LookupRule, SessionKind,
    SessionPlan,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::Bfore;
use super::refusal::Refusal;

impl Bfore {
    /// What this door's contract decides about signing in: no challenges, a JWT for an hour.
    pub(super) fn door_rules(&self) -> DoorRules {
        DoorRules {
            lookup: LookupRule::Any,
            admit_pending: false,
            state_first: false,
            challenge_lifetime: None,
            session: Self::session_plan(self.rules().token_ttl),
        }
    }

    /// A session behind a JWT of the given lifetime.
    pub(super) const fn session_plan(lifetime: std::time::Duration) -> SessionPlan {
        SessionPlan {
            kind: SessionKind::Jwt,
            lifetime: Some(lifetime),
            refresh_lifetime: None,
            challenges: None,
        }
    }

    fn jwt(&self, compact: &str) -> Credential {
        let claims = vec![("iss", self.issuer().to_owned()), ("aud", "bfore".to_owned())];
        let expectation = JwtExpectation { slot: KeySlot::Access, claims };
        Credential::Jwt { compact: compact.to_owned(), expectation, session_claim: "jti" }
    }
}

/// The account behind the JWT in `Authorization`; an API key opens nothing here.
pub(super) async fn signed_in(door: &Data<Bfore>, request: &HttpRequest) -> Result<Caller, Refusal> {
    let compact = header(request, "Authorization").ok_or(Refusal::UNAUTHORIZED)?;
    authenticate(door, door.jwt(compact)).await
}

/// The account behind either credential.
pub(super) async fn any(door: &Data<Bfore>, request: &HttpRequest) -> Result<Caller, Refusal> {
    let credential = if request.headers().contains_key("Authorization") {
        header(request, "Authorization").map(|compact| door.jwt(compact))
    } else {
        header(request, "X-Authorization").map(|key| Credential::ApiKey(Token::from_text(key)))
    };
    authenticate(door, credential.ok_or(Refusal::UNAUTHORIZED)?).await
}

async fn authenticate(door: &Data<Bfore>, credential: Credential) -> Result<Caller, Refusal> {
    let command = Authenticate { credential, admit_pending: false };
    let caller = door.app.read("bfore.authenticate", door.app.sessions.authenticate(command)).await;
    let caller = caller.map_err(|failure| Refusal::of(super::refusal::Operation::Authenticated, failure))?;
    if caller.company == door.company().await?.id { Ok(caller) } else { Err(Refusal::UNAUTHORIZED) }
}

/// The credential in a header, its optional `Bearer` removed; of a repeated header none counts.
fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    let value = values.next()?.to_str().ok()?.trim();
    if values.next().is_some() {
        return None;
    }
    let credential = match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        Some(_) | None => value,
    };
    (!credential.is_empty() && !credential.contains(' ')).then_some(credential)
}

/// The two credentials, for the OpenAPI document.
pub(super) struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let jwt = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("jwt", SecurityScheme::Http(jwt));
        let key = ApiKey::Header(ApiKeyValue::new("X-Authorization"));
        components.add_security_scheme("key", SecurityScheme::ApiKey(key));
    }
}
