//! Sign what a session lets its owner say.

use portcullis_kernel::PortResult;

use crate::{Sessions, SigningOrder};

impl Sessions {
    /// Signs claims into a compact JWT.
    pub async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        self.ports.signer.sign(order).await
    }
}
