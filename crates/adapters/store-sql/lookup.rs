//! Look-ups by a unique key: the reads that every request makes. How several at once travel is the backend's business.

use std::hash::Hash;

use async_trait::async_trait;
use diesel::result::QueryResult;

use super::api_keys::HeaderKeys;
use super::sessions::{RefreshTokens, SessionsByDigest, SessionsById};
use super::signed_keys::SignedKeys;
use crate::backend::{Conn, Keys, Lookups};

/// Rows with a unique key.
#[async_trait]
pub(crate) trait Lookup: 'static {
    /// What they are found by.
    type Key: Clone + Eq + Hash + Send + 'static;
    /// What is found.
    type Row: Clone + Send + 'static;

    /// The rows with these keys, each beside its own.
    async fn load(db: &mut Conn, keys: Keys<Self::Key>) -> QueryResult<Vec<(Self::Key, Self::Row)>>;
}

/// Every look-up of a store.
#[derive(Clone, Default)]
pub(super) struct AllLookups {
    pub(super) sessions_by_digest: Lookups<SessionsByDigest>,
    pub(super) sessions_by_id: Lookups<SessionsById>,
    pub(super) refresh_tokens: Lookups<RefreshTokens>,
    pub(super) header_keys: Lookups<HeaderKeys>,
    pub(super) signed_keys: Lookups<SignedKeys>,
}
