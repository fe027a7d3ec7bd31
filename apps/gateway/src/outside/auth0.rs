//! Signing in with Auth0: an ID token, verified against the tenant's key set (barong contract §7.10).

use std::time::Duration;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use portcullis_kernel::{Ambient, Timestamp};
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{client, describe};
use crate::settings::Barong;

/// How long a key set is trusted.
const FRESH: Duration = Duration::from_mins(10);
/// How soon an unknown key is looked for again.
const PAUSE: Duration = Duration::from_secs(10);

/// Whom a token speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their e-mail address, if the token has one.
    pub email: Option<String>,
    /// Whether the provider verified it.
    pub email_verified: bool,
}

/// Knows people who signed in elsewhere.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Whom the token speaks of; nobody, if it is not genuine, not for us, not in time, or cannot be verified now.
    async fn identify(&self, token: String) -> Option<Person>;
}

/// One Auth0 tenant, or none.
pub struct Auth0(Option<Tenant>);

struct Tenant {
    client: Client,
    /// `https://<domain>`.
    base: String,
    audience: String,
    keys: Mutex<Keys>,
    ambient: Ambient,
}

#[derive(Default)]
struct Keys {
    set: Vec<PublishedKey>,
    fetched_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// A key of a tenant: its numbers, or certificates of it (RFC 7517, §4.7). The numbers are believed first; of a
/// certificate nothing but the key is looked at, as the set itself comes over TLS.
#[derive(Clone, Deserialize)]
struct PublishedKey {
    kty: String,
    kid: String,
    n: Option<String>,
    e: Option<String>,
    #[serde(default)]
    x5c: Vec<String>,
}

#[derive(Deserialize)]
struct IdToken {
    exp: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    iat: i64,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

impl Auth0 {
    /// What the settings say. A domain that is a URL already stays one, for tenants in tests.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new(settings: &Barong, ambient: &Ambient) -> anyhow::Result<Self> {
        let Some((domain, audience)) = settings.auth0.clone() else { return Ok(Self(None)) };
        let base = if domain.contains("://") { domain } else { format!("https://{domain}") };
        Ok(Self(Some(Tenant {
            client: client()?,
            base: base.trim_end_matches('/').to_owned(),
            audience,
            keys: Mutex::default(),
            ambient: ambient.clone(),
        })))
    }
}

#[async_trait]
impl IdentityProvider for Auth0 {
    async fn identify(&self, token: String) -> Option<Person> {
        self.0.as_ref()?.identify(&token).await
    }
}

impl Tenant {
    async fn identify(&self, token: &str) -> Option<Person> {
        let header = decode_header(token).ok().filter(|header| header.alg == Algorithm::RS256)?;
        let key = self.key(&header.kid?).await?.verifier()?;
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[format!("{}/", self.base)]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["iss", "aud", "exp"]);
        // Against our own clock, below.
        rules.validate_exp = false;
        let claims = decode::<IdToken>(token, &key, &rules).ok()?.claims;
        let now = self.ambient.now().as_seconds();
        let current = now < claims.exp && claims.nbf <= now && claims.iat <= now;
        current.then_some(Person { email: claims.email, email_verified: claims.email_verified })
    }

    /// The key of that name, fetched anew when the set is old or does not know it.
    async fn key(&self, kid: &str) -> Option<PublishedKey> {
        let mut keys = self.keys.lock().await;
        let age = keys.fetched_at.map(|at| self.ambient.now().since(at));
        let found = named(&keys.set, kid);
        let patience = if found.is_some() { FRESH } else { PAUSE };
        if age.is_some_and(|age| age < patience) {
            return found;
        }
        keys.fetched_at = Some(self.ambient.now());
        match self.fetch().await {
            Ok(set) => keys.set = set.readable(),
            Err(error) => {
                tracing::warn!(cause = describe(error), "the key set of Auth0 cannot be read");
                return None;
            }
        }
        named(&keys.set, kid)
    }

    async fn fetch(&self) -> Result<KeySet, reqwest::Error> {
        let url = format!("{}/.well-known/jwks.json", self.base);
        self.client.get(url).send().await?.error_for_status()?.json().await
    }
}

impl KeySet {
    /// The RSA keys; what else is there takes nothing away from them.
    fn readable(self) -> Vec<PublishedKey> {
        let keys = self.keys.into_iter().filter_map(|key| serde_json::from_value::<PublishedKey>(key).ok());
        keys.filter(|key| key.kty == "RSA").collect()
    }
}

impl PublishedKey {
    fn verifier(&self) -> Option<DecodingKey> {
        if let (Some(n), Some(e)) = (&self.n, &self.e) {
            return DecodingKey::from_rsa_components(n, e).ok();
        }
        let certificate = self.x5c.first()?;
        let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
        DecodingKey::from_rsa_pem(pem.as_bytes()).ok()
    }
}

fn named(set: &[PublishedKey], kid: &str) -> Option<PublishedKey> {
    set.iter().find(|key| key.kid == kid).cloned()
}
