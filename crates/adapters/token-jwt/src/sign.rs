//! Signing.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_kernel::{PortError, PortResult};
use portcullis_sessions::{Algorithm, SigningOrder, TokenSigner};
use tokio::task::spawn_blocking;

use crate::KeyRing;
use crate::claims::Outgoing;
use crate::live::LiveKey;
use crate::snapshot::Place;

#[async_trait]
impl TokenSigner for KeyRing {
    async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        let key = self.signing_key((order.algorithm, order.slot)).await?;
        let payload = serde_json::to_vec(&Outgoing(&order.claims)).map_err(PortError::broken)?;
        let compact = match order.algorithm {
            Algorithm::Es256 | Algorithm::EdDsa => key.seal(&payload, order.typed),
            Algorithm::Rs256 => {
                let _desk = self.desks.acquire().await.map_err(PortError::broken)?;
                let seal = move || key.seal(&payload, order.typed);
                spawn_blocking(seal).await.map_err(PortError::broken)?
            }
        };
        let compact = compact.map_err(PortError::broken)?;
        if compact.len() > self.rules.max_length {
            return Err(PortError::broken("the claims are too long for a JWT"));
        }
        Ok(compact)
    }
}

impl KeyRing {
    async fn signing_key(&self, place: Place) -> PortResult<Arc<LiveKey>> {
        if let Some(key) = self.signer(place) {
            return Ok(key);
        }
        self.prepare(&[place]).await?;
        self.signer(place).ok_or_else(|| PortError::broken("the store lost a signing key it had accepted"))
    }
}
