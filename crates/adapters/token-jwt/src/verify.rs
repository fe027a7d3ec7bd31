//! Verifying.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::decode_header;
use portcullis_kernel::{PortResult, Timestamp};
use portcullis_sessions::{ClaimValue, Claims, JwtExpectation, TokenVerifier};

use crate::KeyRing;
use crate::claims::Incoming;

#[async_trait]
impl TokenVerifier for KeyRing {
    async fn verify(
        &self,
        compact: String,
        expectation: JwtExpectation,
        at: Timestamp,
    ) -> PortResult<Option<Claims>> {
        let Some(jws) = Jws::split(&compact, self.rules.max_length) else { return Ok(None) };
        let Some(key) = self.key(&jws.kid).await? else { return Ok(None) };
        let genuine = key.algorithm() == jws.algorithm
            && key.info.slot == expectation.slot
            && key.signed(jws.message, jws.signature);
        let claims = if genuine { jws.claims() } else { None };
        Ok(claims.filter(|claims| is_current(claims, at, self.rules.leeway) && meets(claims, &expectation)))
    }
}

/// A compact JWS (RFC 7515 §7.1), not verified yet.
struct Jws<'a> {
    algorithm: jsonwebtoken::Algorithm,
    kid: String,
    message: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    fn split(compact: &'a str, max_length: usize) -> Option<Self> {
        if compact.len() > max_length {
            return None;
        }
        let (message, signature) = compact.rsplit_once('.')?;
        let (_, payload) = message.split_once('.')?;
        let header = decode_header(compact).ok()?;
        // Extensions that must be understood (RFC 7515 §4.1.11) are not: we know none.
        let plain = header.crit.is_none() && header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        plain.then_some(Self { algorithm: header.alg, kid: header.kid?, message, payload, signature })
    }

    fn claims(&self) -> Option<Claims> {
        let json = URL_SAFE_NO_PAD.decode(self.payload).ok()?;
        serde_json::from_slice::<Incoming>(&json).ok().map(|claims| claims.0)
    }
}

/// Whether `exp` lies ahead and neither `nbf` nor `iat` does (RFC 7519 §4.1). A JWT without `exp` is never current.
fn is_current(claims: &Claims, at: Timestamp, leeway: Duration) -> bool {
    let begun = |name| match claims.get(name) {
        None => true,
        Some(ClaimValue::Number(from)) => Timestamp::from_seconds(*from) <= at.plus(leeway),
        Some(ClaimValue::Text(_) | ClaimValue::Flag(_) | ClaimValue::List(_)) => false,
    };
    let expired = match claims.get("exp") {
        Some(ClaimValue::Number(until)) => Timestamp::from_seconds(*until) <= at,
        Some(ClaimValue::Text(_) | ClaimValue::Flag(_) | ClaimValue::List(_)) | None => true,
    };
    !expired && begun("nbf") && begun("iat")
}

fn meets(claims: &Claims, expectation: &JwtExpectation) -> bool {
    expectation.claims.iter().all(|(name, value)| claims.get_text(name) == Some(value.as_str()))
}
