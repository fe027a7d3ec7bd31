//! The outbox as its embedder sees it.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{Ambient, Backoff};

use crate::{OutboxStore, Transport};

/// How messages are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DispatchRules {
    /// How long a claimed message is kept from other claims. Must exceed the minute a transport may take.
    pub lease: Duration,
    /// How many messages one dispatch claims.
    pub batch: u32,
    /// When a failed delivery is tried again, and when it is given up.
    pub backoff: Backoff,
}

impl Default for DispatchRules {
    /// A lease of two minutes, batches of 16, and 24 attempts from ten seconds to an hour apart: most of a day.
    fn default() -> Self {
        let backoff =
            Backoff { first: Duration::from_secs(10), ceiling: Duration::from_secs(3_600), attempts: 24 };
        Self { lease: Duration::from_secs(120), batch: 16, backoff }
    }
}

/// Delivers queued messages, and lets operators look after them. Clones are cheap and share the same ports.
#[derive(Clone)]
pub struct Outbox {
    pub(crate) store: Arc<dyn OutboxStore>,
    pub(crate) mail: Arc<dyn Transport>,
    pub(crate) sms: Arc<dyn Transport>,
    pub(crate) ambient: Ambient,
    pub(crate) rules: DispatchRules,
}

impl Outbox {
    /// Mail goes out through `mail`, SMS through `sms`.
    #[must_use]
    pub fn new(
        store: Arc<dyn OutboxStore>,
        mail: Arc<dyn Transport>,
        sms: Arc<dyn Transport>,
        ambient: Ambient,
        rules: DispatchRules,
    ) -> Self {
        Self { store, mail, sms, ambient, rules }
    }
}
