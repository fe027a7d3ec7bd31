//! The rows of keys that sign.

use async_trait::async_trait;
use portcullis_kernel::{Effects, Page, PageRequest, PortResult, Timestamp};

use crate::{ApiKey, Holder, KeyState, SignedKey};

/// Keeps signed keys; their secrets are sealed.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SignedKeyStore: Send + Sync {
    /// Adds a key. Must answer [`SignedIssue::HolderNotActive`] and write nothing unless its holder is active.
    async fn issue(&self, write: IssueSignedKey) -> PortResult<SignedIssue>;

    /// Finds a key and all there is to know about its holder by the key's handle, whatever their state.
    async fn find(&self, kid: String) -> PortResult<Option<SignedKey>>;

    /// The signed keys of a holder, in this order, then by id.
    async fn list(&self, holder: Holder, order: KeyOrder, page: PageRequest) -> PortResult<Page<ApiKey>>;

    /// Changes the scopes or state of the holder's key of that handle. Must write nothing if there is no such key, or if
    /// it would become active while its holder is not.
    async fn amend(&self, write: AmendKey) -> PortResult<KeyAmendment>;

    /// Deletes the holder's key of that handle. Must answer `false` and write nothing if there is no such key; of two
    /// calls at once one must answer `true`.
    async fn delete(&self, write: DeleteSignedKey) -> PortResult<bool>;
}

/// How a list of keys is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyOrder {
    /// By what.
    pub by: KeyColumn,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What a list of keys can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyColumn {
    /// The id, which follows the time of issue.
    #[default]
    Id,
    /// The handle.
    Kid,
    /// The state.
    State,
    /// When it was issued.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// A key to add.
#[derive(Clone)]
pub struct IssueSignedKey {
    /// The key.
    pub key: ApiKey,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a key was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIssue {
    /// It was.
    Done,
    /// Its holder is not active; nothing was written.
    HolderNotActive,
}

/// A key to change.
#[derive(Clone, Debug)]
pub struct AmendKey {
    /// Whose key.
    pub holder: Holder,
    /// Its handle.
    pub kid: String,
    /// What it is meant for from now on, if that changes.
    pub scopes: Option<Vec<String>>,
    /// Its state from now on, if that changes.
    pub state: Option<KeyState>,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a key was changed.
#[derive(Clone)]
pub enum KeyAmendment {
    /// It was: the key as it is now.
    Done(Box<ApiKey>),
    /// The holder has no such key; nothing was written.
    NotFound,
    /// It cannot become active while its holder is not; nothing was written.
    HolderNotActive,
}

/// A key to delete.
#[derive(Clone, Debug)]
pub struct DeleteSignedKey {
    /// Whose key.
    pub holder: Holder,
    /// Its handle.
    pub kid: String,
    /// What else to write.
    pub effects: Effects,
}
