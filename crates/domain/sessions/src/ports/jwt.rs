//! Signing and verifying JWTs.

use async_trait::async_trait;
use portcullis_kernel::{Effects, PortResult, Timestamp};

use crate::{Algorithm, Claims, KeySlot, SigningKey};

/// Signs JWTs.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TokenSigner: Send + Sync {
    /// Signs claims into a compact JWS (RFC 7515) whose header carries `alg` and `kid`. Makes the key first if its
    /// slot has none. Must not block an I/O thread for the time of a signature.
    async fn sign(&self, order: SigningOrder) -> PortResult<String>;

    /// Signs several, in their order. Signers that hand signatures over to other threads hand these over together.
    async fn sign_all(&self, orders: Vec<SigningOrder>) -> PortResult<Vec<String>> {
        let mut signed = Vec::with_capacity(orders.len());
        for order in orders {
            signed.push(self.sign(order).await?);
        }
        Ok(signed)
    }
}

/// Verifies JWTs.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// The claims of a JWT that one of our keys signed, with the algorithm of that key, that has begun and not
    /// expired at `at`, and that meets every expectation. `None` for everything else, however malformed.
    async fn verify(
        &self,
        compact: String,
        expectation: JwtExpectation,
        at: Timestamp,
    ) -> PortResult<Option<Claims>>;

    /// The claims of a JWT that a key of the slot signed and that has begun and not expired at `at`, or the first thing
    /// that is wrong with it, in the order of [`JwtFault`].
    async fn examine(
        &self,
        compact: String,
        slot: KeySlot,
        at: Timestamp,
    ) -> PortResult<Result<Claims, JwtFault>>;
}

/// What is wrong with a JWT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtFault {
    /// It has not exactly three parts, or is longer than any of ours.
    #[error("not three segments")]
    Segments,
    /// A part cannot be decoded.
    #[error("a segment cannot be decoded")]
    Encoding,
    /// It names another algorithm than its key has.
    #[error("another algorithm")]
    Algorithm,
    /// None of our keys signed it, or it has not begun.
    #[error("the signature is wrong")]
    Signature,
    /// Its time is over.
    #[error("expired")]
    Expired,
}

/// Keeps signing keys, sealed.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SigningKeyStore: Send + Sync {
    /// Every key, oldest first.
    async fn list(&self) -> PortResult<Vec<SigningKey>>;

    /// Adds keys. Must answer `false` and write nothing if one of them has a generation that its slot has already.
    async fn add(&self, write: AddSigningKey) -> PortResult<bool>;
}

/// What to sign, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningOrder {
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// With which of its keys.
    pub slot: KeySlot,
    /// Whether the header says `"typ":"JWT"`.
    pub typed: bool,
    /// What to say.
    pub claims: Claims,
}

/// What a JWT must say to be honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtExpectation {
    /// By which kind of key it must be signed.
    pub slot: KeySlot,
    /// Textual claims it must have, to the letter.
    pub claims: Vec<(&'static str, String)>,
}

/// Keys to add.
#[derive(Clone)]
pub struct AddSigningKey {
    /// The keys.
    pub keys: Vec<SigningKey>,
    /// What else to write.
    pub effects: Effects,
}
