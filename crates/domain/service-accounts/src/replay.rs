//! Nonces that were used, for installations that want each to be good once (decision D6).
//!
//! They are kept in the memory of one node, as long as their time could still be accepted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use portcullis_kernel::{ApiKeyId, Timestamp};

/// How many nonces are kept before the first look for ones that are over.
const FEW: usize = 1_024;

/// Nonces by key, each with the instant from which on it is refused for its age.
#[derive(Default)]
pub(crate) struct Nonces {
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    until: HashMap<(ApiKeyId, Timestamp), Timestamp>,
    sweep_at: usize,
}

impl Nonces {
    /// Uses a nonce up; `false` if it was used before.
    pub(crate) fn spend(&self, key: ApiKeyId, nonce: Timestamp, at: Timestamp, window: Duration) -> bool {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.until.len() >= spent.sweep_at.max(FEW) {
            spent.until.retain(|_, until| *until > at);
            spent.sweep_at = spent.until.len() * 2;
        }
        spent.until.insert((key, nonce), nonce.plus(window)).is_none()
    }
}
