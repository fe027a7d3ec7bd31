//! Signing.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_kernel::{PortError, PortResult};
use portcullis_sessions::{Algorithm, SigningOrder, TokenSigner};
use tokio::task::spawn_blocking;

use crate::KeyRing;
use crate::claims::Outgoing;
use crate::key::KeyError;
use crate::live::LiveKey;
use crate::snapshot::Place;

#[async_trait]
impl TokenSigner for KeyRing {
    async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        let signed = self.sign_all(vec![order]).await?.pop();
        signed.ok_or_else(|| PortError::broken("one order gave no JWT"))
    }

    async fn sign_all(&self, orders: Vec<SigningOrder>) -> PortResult<Vec<String>> {
        let mut drafts = Vec::with_capacity(orders.len());
        for order in orders {
            drafts.push(self.draft(order).await?);
        }
        let any_long = drafts.iter().any(Draft::is_long);
        let seal = move || drafts.iter().map(Draft::seal).collect::<Vec<_>>();
        let sealed = if any_long {
            let _desk = self.desks.acquire().await.map_err(PortError::broken)?;
            spawn_blocking(seal).await.map_err(PortError::broken)?
        } else {
            seal()
        };
        sealed.into_iter().map(|sealed| self.checked(sealed)).collect()
    }
}

/// A JWT that lacks nothing but its signature.
struct Draft {
    key: Arc<LiveKey>,
    payload: Vec<u8>,
    typed: bool,
}

impl Draft {
    /// Whether signing takes so long that it must not be done on a thread that serves sockets.
    fn is_long(&self) -> bool {
        self.key.info.algorithm == Algorithm::Rs256
    }

    fn seal(&self) -> Result<String, KeyError> {
        self.key.seal(&self.payload, self.typed)
    }
}

impl KeyRing {
    async fn draft(&self, order: SigningOrder) -> PortResult<Draft> {
        let key = self.signing_key((order.algorithm, order.slot)).await?;
        let payload = serde_json::to_vec(&Outgoing(&order.claims)).map_err(PortError::broken)?;
        Ok(Draft { key, payload, typed: order.typed })
    }

    fn checked(&self, sealed: Result<String, KeyError>) -> PortResult<String> {
        let compact = sealed.map_err(PortError::broken)?;
        if compact.len() > self.rules.max_length {
            return Err(PortError::broken("the claims are too long for a JWT"));
        }
        Ok(compact)
    }

    async fn signing_key(&self, place: Place) -> PortResult<Arc<LiveKey>> {
        if let Some(key) = self.signer(place) {
            return Ok(key);
        }
        self.prepare(&[place]).await?;
        self.signer(place).ok_or_else(|| PortError::broken("the store lost a signing key it had accepted"))
    }
}
