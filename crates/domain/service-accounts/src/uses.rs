//! When keys were last used, between two writes to the store.
//!
//! A write per request would cost more than the request. The times are noted in memory instead and written now and
//! then; a crash loses at most what was noted since.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portcullis_kernel::{ApiKeyId, PortResult, Timestamp};

use crate::ApiKeyStore;

/// The latest use of each key.
pub(crate) struct Uses<K> {
    latest: Mutex<HashMap<K, Timestamp>>,
}

impl<K> Default for Uses<K> {
    fn default() -> Self {
        Self { latest: Mutex::default() }
    }
}

impl<K: Eq + Hash> Uses<K> {
    /// Notes a use; a time never moves backwards.
    pub(crate) fn note(&self, key: K, at: Timestamp) {
        let mut latest = self.lock();
        let noted = latest.entry(key).or_insert(at);
        *noted = at.max(*noted);
    }

    /// Takes everything noted.
    fn take(&self) -> Vec<(K, Timestamp)> {
        std::mem::take(&mut *self.lock()).into_iter().collect()
    }

    /// A holder of the lock can only have panicked before or after a whole entry, so the map is good all the same.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Timestamp>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uses<ApiKeyId> {
    /// Writes everything noted and says how many keys it concerns. If the store fails, it stays noted.
    pub(crate) async fn flush(&self, store: &dyn ApiKeyStore) -> PortResult<usize> {
        let uses = self.take();
        if uses.is_empty() {
            return Ok(0);
        }
        if let Err(failure) = store.touch(uses.clone()).await {
            for (key, at) in uses {
                self.note(key, at);
            }
            return Err(failure);
        }
        Ok(uses.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_latest_use_of_each_key() {
        let uses = Uses::default();
        for (key, second) in [("a", 5), ("b", 1), ("a", 3)] {
            uses.note(key, Timestamp::from_seconds(second));
        }
        let mut taken = uses.take();
        taken.sort_unstable();
        assert_eq!(taken, [("a", Timestamp::from_seconds(5)), ("b", Timestamp::from_seconds(1))]);
        assert!(uses.take().is_empty());
    }
}
