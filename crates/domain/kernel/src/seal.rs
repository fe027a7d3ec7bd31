//! Sealing: what must be read back is encrypted under a key that is not in the database.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::PortResult;

/// Ciphertext with everything needed to open it again but the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which master key sealed it.
    pub key_id: String,
    /// Nonce and ciphertext, in the adapter's own layout.
    pub bytes: Vec<u8>,
}

/// The sealed value cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It was sealed under a key that is not configured.
    #[error("sealed under master key {0}, which is not configured")]
    UnknownKey(String),
    /// It was altered, or it belongs to another place.
    #[error("a sealed value is damaged or belongs elsewhere")]
    Damaged,
}

/// Seals and opens values with authenticated encryption (AEAD).
pub trait Sealer: Send + Sync {
    /// Seals `plain` under the current key. `context` names the place it is kept (table, column and row); a value
    /// must open only under the context it was sealed with.
    fn seal(&self, plain: &[u8], context: &str) -> Sealed;

    /// Opens a value that was sealed under the current or an older configured key.
    fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, SealError>;

    /// The id of the key that [`Self::seal`] uses now.
    fn current_key(&self) -> String;
}

/// Moves sealed values from older master keys to the current one.
#[async_trait]
pub trait Resealer: Send + Sync {
    /// Seals up to `limit` values anew that are not under the current key, and says how many it moved; 0 means that
    /// none are left. Must be safe to run beside a serving node and to repeat.
    async fn reseal(&self, limit: u32) -> PortResult<u64>;
}

/// Tells whether the database answers.
#[async_trait]
pub trait Probe: Send + Sync {
    /// One cheap round trip.
    async fn ping(&self) -> PortResult<()>;
}
