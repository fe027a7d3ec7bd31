//! Sign what a session lets its owner say, and read it again.

use portcullis_kernel::{PortError, PortResult};

use crate::{Claims, JwtFault, KeySlot, Sessions, SigningOrder};

impl Sessions {
    /// Signs claims into a compact JWT.
    pub async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        self.ports.signer.sign(order).await
    }

    /// Signs the claims of a pair of JWTs that belong together.
    pub async fn sign_pair(&self, orders: [SigningOrder; 2]) -> PortResult<[String; 2]> {
        let signed = self.ports.signer.sign_all(orders.into()).await?;
        signed.try_into().map_err(|_jwts| PortError::broken("the signer lost a JWT"))
    }

    /// The claims of a JWT that [`Self::sign`] made and whose time has come, or what is wrong with it. What it is good
    /// for, the caller reads in its claims.
    pub async fn examine(&self, compact: String, slot: KeySlot) -> PortResult<Result<Claims, JwtFault>> {
        self.ports.verifier.examine(compact, slot, self.ambient().now()).await
    }
}
