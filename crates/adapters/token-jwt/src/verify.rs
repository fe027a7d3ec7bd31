//! Verifying.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest::{self, SHA256_OUTPUT_LEN};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::decode_header;
use portcullis_kernel::{PortResult, Timestamp};
use portcullis_sessions::{Algorithm, ClaimValue, Claims, JwtExpectation, JwtFault, KeySlot, TokenVerifier};
use serde::Deserialize;
use serde::de::DeserializeOwned;

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
        let Some(genuine) = self.genuine(&compact).await? else { return Ok(None) };
        let Genuine { slot, claims, .. } = &*genuine;
        let accepted = *slot == expectation.slot
            && is_current(claims, at, self.rules.leeway)
            && meets(claims, &expectation);
        Ok(accepted.then(|| claims.clone()))
    }

    async fn examine(
        &self,
        compact: String,
        slot: KeySlot,
        at: Timestamp,
    ) -> PortResult<Result<Claims, JwtFault>> {
        let parts = match Parts::split(&compact, self.rules.max_length) {
            Ok(parts) => parts,
            Err(fault) => return Ok(Err(fault)),
        };
        if Algorithm::parse(&parts.algorithm).is_none() {
            return Ok(Err(JwtFault::Algorithm));
        }
        let Some(key) = self.key(&parts.kid).await?.filter(|key| key.info.slot == slot) else {
            return Ok(Err(JwtFault::Signature));
        };
        Ok(if parts.algorithm != key.info.algorithm.as_str() {
            Err(JwtFault::Algorithm)
        } else if !key.signed(parts.message, parts.signature) {
            Err(JwtFault::Signature)
        } else if is_expired(&parts.claims, at) {
            Err(JwtFault::Expired)
        } else if is_current(&parts.claims, at, self.rules.leeway) {
            Ok(parts.claims)
        } else {
            Err(JwtFault::Signature)
        })
    }
}

/// A compact JWS whose parts could be decoded; nothing about it is verified.
struct Parts<'a> {
    algorithm: String,
    kid: String,
    message: &'a str,
    signature: &'a str,
    claims: Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
}

impl<'a> Parts<'a> {
    fn split(compact: &'a str, max_length: usize) -> Result<Self, JwtFault> {
        let segments: Vec<&str> = compact.split('.').collect();
        let [header, payload, signature] = segments.as_slice() else { return Err(JwtFault::Segments) };
        let Some((message, _)) = compact.rsplit_once('.').filter(|_| compact.len() <= max_length) else {
            return Err(JwtFault::Segments);
        };
        let header: Header = decoded(header)?;
        let claims: Incoming = decoded(payload)?;
        URL_SAFE_NO_PAD.decode(signature).ok().ok_or(JwtFault::Encoding)?;
        Ok(Self { algorithm: header.alg, kid: header.kid, message, signature, claims: claims.0 })
    }
}

fn decoded<T: DeserializeOwned>(segment: &str) -> Result<T, JwtFault> {
    let json = URL_SAFE_NO_PAD.decode(segment).ok().ok_or(JwtFault::Encoding)?;
    serde_json::from_slice(&json).ok().ok_or(JwtFault::Encoding)
}

impl KeyRing {
    /// What a JWT says, if one of our keys signed it. A signature that was right stays right as long as its key is in
    /// the ring, so it is computed once in a while and not at every request.
    async fn genuine(&self, compact: &str) -> PortResult<Option<Arc<Genuine>>> {
        if compact.len() > self.rules.max_length {
            return Ok(None);
        }
        let digest = Digest::of(compact);
        if let Some(known) = self.verified.get(&digest)
            && self.snapshot().find(&known.kid).is_some()
        {
            return Ok(Some(known));
        }
        let Some(jws) = Jws::split(compact) else { return Ok(None) };
        let Some(key) = self.key(&jws.kid).await? else { return Ok(None) };
        if key.algorithm() != jws.algorithm || !key.signed(jws.message, jws.signature) {
            return Ok(None);
        }
        let Some(claims) = jws.claims() else { return Ok(None) };
        let genuine = Arc::new(Genuine { kid: jws.kid, slot: key.info.slot, claims });
        self.verified.insert(digest, Arc::clone(&genuine));
        Ok(Some(genuine))
    }
}

/// The digest of a JWT; the token itself is a credential and is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; SHA256_OUTPUT_LEN]);

impl Digest {
    fn of(compact: &str) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, compact.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// What a JWT says whose signature is right, and who signed it.
pub(crate) struct Genuine {
    kid: String,
    slot: KeySlot,
    claims: Claims,
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
    fn split(compact: &'a str) -> Option<Self> {
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
        Some(ClaimValue::Text(_) | ClaimValue::Flag(_) | ClaimValue::List(_) | ClaimValue::Nothing) => false,
    };
    !is_expired(claims, at) && begun("nbf") && begun("iat")
}

fn is_expired(claims: &Claims, at: Timestamp) -> bool {
    match claims.get("exp") {
        Some(ClaimValue::Number(until)) => Timestamp::from_seconds(*until) <= at,
        Some(ClaimValue::Text(_) | ClaimValue::Flag(_) | ClaimValue::List(_) | ClaimValue::Nothing)
        | None => true,
    }
}

fn meets(claims: &Claims, expectation: &JwtExpectation) -> bool {
    expectation.claims.iter().all(|(name, value)| claims.get_text(name) == Some(value.as_str()))
}
