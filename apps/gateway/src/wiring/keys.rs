//! The keys that sign JWTs.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{Ambient, Client, PortResult};
use portcullis_sessions::{KeySlot, TokenSigner, TokenVerifier};
use portcullis_token_jwt::{KeyInfo, KeyRing, KeyRingRules};
use serde_json::{Value, json};

use super::database::Stores;
use crate::settings::Settings;

/// The key ring, as the server and its commands use it.
#[derive(Clone)]
pub struct Keys(Arc<KeyRing>);

impl Keys {
    pub(super) fn new(stores: &Stores, ambient: &Ambient) -> Self {
        let rules = KeyRingRules::default();
        Self(Arc::new(KeyRing::new(Arc::clone(&stores.signing_keys), ambient.clone(), rules)))
    }

    /// Takes up keys that were made since, here or elsewhere.
    ///
    /// # Errors
    /// Those of the store, and keys that cannot be opened.
    pub async fn reload(&self) -> PortResult<()> {
        self.0.reload().await
    }

    /// Makes the keys that the enabled dialects need.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prepare(&self, settings: &Settings) -> PortResult<()> {
        let dialects = &settings.dialects;
        let mut places = Vec::new();
        if dialects.wikimedia.enabled {
            places.extend([KeySlot::Access, KeySlot::Id].map(|slot| (dialects.wikimedia.algorithm, slot)));
        }
        if dialects.bfore.enabled {
            places.push((dialects.bfore.algorithm, KeySlot::Access));
        }
        if dialects.barong.enabled {
            places.push((dialects.barong.algorithm, KeySlot::Access));
        }
        places.sort_unstable();
        places.dedup();
        self.0.prepare(&places).await
    }

    /// Every key, oldest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self) -> PortResult<Vec<Value>> {
        Ok(self.0.list().await?.iter().map(facts).collect())
    }

    /// Makes the next key of every kind; they sign once `overlap` has passed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate(&self, overlap: Duration, client: &Client) -> PortResult<Vec<Value>> {
        Ok(self.0.rotate(overlap, client).await?.iter().map(facts).collect())
    }

    pub(super) fn signer(&self) -> Arc<dyn TokenSigner> {
        self.0.clone()
    }

    pub(super) fn verifier(&self) -> Arc<dyn TokenVerifier> {
        self.0.clone()
    }

    pub(super) fn key_set(&self) -> Arc<dyn Fn() -> Arc<str> + Send + Sync> {
        let ring = Arc::clone(&self.0);
        Arc::new(move || ring.jwks())
    }
}

fn facts(key: &KeyInfo) -> Value {
    json!({
        "kid": key.kid,
        "algorithm": key.algorithm.as_str(),
        "slot": key.slot.as_str(),
        "generation": key.generation,
        "created": key.created_at.to_string(),
        "signs_from": key.signs_from.to_string(),
    })
}
