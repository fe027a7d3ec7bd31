//! Sign what a session lets its owner say, and read it again.

use portcullis_kernel::PortResult;

use crate::{Claims, JwtFault, KeySlot, Sessions, SigningOrder};

impl Sessions {
    /// Signs claims into a compact JWT.
    pub async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        self.ports.signer.sign(order).await
    }

    /// The claims of a JWT that [`Self::sign`] made and whose time has come, or what is wrong with it. What it is good
    /// for, the caller reads in its claims.
    pub async fn examine(&self, compact: String, slot: KeySlot) -> PortResult<Result<Claims, JwtFault>> {
        self.ports.verifier.examine(compact, slot, self.ambient().now()).await
    }
}
