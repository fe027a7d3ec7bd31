//! The rows of keys that are presented in a header.

use async_trait::async_trait;
use portcullis_kernel::{ApiKeyId, Effects, PortResult, Timestamp, TokenDigest};

use crate::{ApiKey, Holder, PresentedKey};

/// Keeps API keys.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// Adds a key unless its holder has `limit` keys already. Two calls at once must not pass the limit together.
    async fn issue(&self, write: IssueKey) -> PortResult<Issued>;

    /// Every header key of a holder, oldest first, then by id.
    async fn list(&self, holder: Holder) -> PortResult<Vec<ApiKey>>;

    /// Finds a header key and its holder by digest, whatever their state.
    async fn find(&self, digest: TokenDigest) -> PortResult<Option<PresentedKey>>;

    /// Deletes the holder's key with that digest. Must answer `false` and write nothing if the holder has no such
    /// key; of two calls at once one must answer `true`.
    async fn delete(&self, write: DeleteKey) -> PortResult<bool>;

    /// Records when keys were last used, never moving a time backwards; ids that are gone are passed over.
    async fn touch(&self, uses: Vec<(ApiKeyId, Timestamp)>) -> PortResult<()>;
}

/// A key to add.
#[derive(Clone)]
pub struct IssueKey {
    /// The key.
    pub key: ApiKey,
    /// How many keys its holder may have, this one included.
    pub limit: u32,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a key was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// It was.
    Done,
    /// Its holder has as many as allowed; nothing was written.
    LimitReached,
}

/// A key to delete.
#[derive(Clone, Debug)]
pub struct DeleteKey {
    /// Whose key.
    pub holder: Holder,
    /// Which one.
    pub digest: TokenDigest,
    /// What else to write.
    pub effects: Effects,
}
