//! Things that many requests ask for and that seldom change, remembered for a moment.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

/// Values by name, each good for `span` after it was read.
pub struct Memory<K, V> {
    span: Duration,
    values: RwLock<HashMap<K, (Instant, Arc<V>)>>,
}

impl<K: Eq + Hash, V> Memory<K, V> {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(span: Duration) -> Self {
        Self { span, values: RwLock::default() }
    }

    /// The value of that name, unless it is unknown or too old.
    #[must_use]
    pub fn recall(&self, name: &K) -> Option<Arc<V>> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = values.get(name).filter(|(read, _)| read.elapsed() < self.span);
        fresh.map(|(_, value)| Arc::clone(value))
    }

    /// Keeps a value that was read just now, and forgets those that are too old.
    pub fn remember(&self, name: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        values.retain(|_, (read, _)| read.elapsed() < self.span);
        values.insert(name, (Instant::now(), Arc::clone(&value)));
        value
    }
}
