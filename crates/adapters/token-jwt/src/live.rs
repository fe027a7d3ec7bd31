//! A key ready for use.

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis_kernel::Timestamp;
use portcullis_sessions::{Algorithm, KeySlot, SigningKey};

use crate::jwk::{Jwk, PublicKey, base64url};
use crate::key::{KeyError, PrivateKey};

/// What an operator may know about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its name in JWT headers and in the key set.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// What it signs.
    pub slot: KeySlot,
    /// Its number in its slot, from 1.
    pub generation: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs, until a later generation does.
    pub signs_from: Timestamp,
}

impl KeyInfo {
    pub(crate) fn of(key: &SigningKey) -> Self {
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            slot: key.slot,
            generation: key.generation,
            created_at: key.created_at,
            signs_from: key.signs_from,
        }
    }
}

pub(crate) struct LiveKey {
    pub(crate) info: KeyInfo,
    private: PrivateKey,
    public: PublicKey,
    verifier: ParsedPublicKey,
    plain_header: String,
    typed_header: String,
}

impl LiveKey {
    pub(crate) fn parse(key: &SigningKey) -> Result<Self, KeyError> {
        let private = PrivateKey::from_pem(key.algorithm, &key.private_pem)?;
        let public = private.public()?;
        let verifier = private.verifier()?;
        let header = |typ| {
            let (kid, alg) = (serde_json::Value::from(key.kid.as_str()), key.algorithm.as_str());
            base64url(format!(r#"{{"kid":{kid},"alg":"{alg}"{typ}}}"#).as_bytes())
        };
        let (plain_header, typed_header) = (header(""), header(r#","typ":"JWT""#));
        Ok(Self { info: KeyInfo::of(key), private, public, verifier, plain_header, typed_header })
    }

    /// The compact serialisation (RFC 7515 §7.1) of `payload` under this key.
    pub(crate) fn seal(&self, payload: &[u8], typed: bool) -> Result<String, KeyError> {
        let header = if typed { &self.typed_header } else { &self.plain_header };
        let mut compact = format!("{header}.{}", base64url(payload));
        let signature = self.private.sign(compact.as_bytes())?;
        compact.push('.');
        compact.push_str(&base64url(&signature));
        Ok(compact)
    }

    /// Whether this key signed `message` with its own algorithm; `signature` is in base64url.
    pub(crate) fn signed(&self, message: &str, signature: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| self.verifier.verify_sig(message.as_bytes(), &signature).is_ok())
    }

    pub(crate) fn algorithm(&self) -> jsonwebtoken::Algorithm {
        match self.info.algorithm {
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    pub(crate) fn jwk(&self) -> Jwk<'_> {
        self.public.jwk(self.info.algorithm.as_str(), &self.info.kid)
    }
}
