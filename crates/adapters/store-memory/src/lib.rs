//! The reference store: every port of every domain crate over one state in memory.
//!
//! It is what the other stores are measured against, so it is written for reading: a write-set works on a draft of
//! the whole state, and the draft takes the state's place only if nothing refused it. Tests and examples use it; it
//! forgets everything when it is dropped and is no store for a server.
//!
//! ```
//! use portcullis_store_memory::MemoryStore;
//!
//! let store = MemoryStore::new();
//! assert!(store.messages().is_empty());
//! ```

mod access;
mod accounts;
mod api_keys;
mod audit;
mod authenticators;
mod challenges;
mod companies;
mod contacts;
mod dossiers;
mod legal_terms;
mod outbox;
mod resets;
mod service_accounts;
mod sessions;
mod sign_in;
mod signed_keys;
mod signing_keys;
mod state;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use portcullis_kernel::{AuditEvent, Message, PortError, PortResult, Probe, Resealer};

use state::{State, Stop};

/// Every store port in memory. Clones share one state.
#[derive(Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    unavailable: Arc<AtomicBool>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every message that was ever queued, in the order of their write-sets, whatever became of it.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.lock().outbox.iter().map(|queued| queued.entry.message.clone()).collect()
    }

    /// The audit trail, in the order of its write-sets.
    #[must_use]
    pub fn audit_events(&self) -> Vec<AuditEvent> {
        self.lock().audit.clone()
    }

    /// While `true`, every port method fails with [`PortError::Unavailable`] and changes nothing.
    pub fn set_unavailable(&self, unavailable: bool) {
        self.unavailable.store(unavailable, Ordering::SeqCst);
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> PortResult<T> {
        self.check_available()?;
        Ok(look(&self.lock()))
    }

    /// Runs a write-set: all of it becomes the state, or, if it stops, none of it.
    pub(crate) fn write<T>(&self, act: impl FnOnce(&mut State) -> Result<T, Stop<T>>) -> PortResult<T> {
        self.check_available()?;
        let mut state = self.lock();
        let mut draft = state.clone();
        match act(&mut draft) {
            Ok(answer) => {
                *state = draft;
                Ok(answer)
            }
            Err(Stop::Refused(answer)) => Ok(answer),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn check_available(&self) -> PortResult<()> {
        if self.unavailable.load(Ordering::SeqCst) {
            return Err(PortError::unavailable("the store was switched off by a test"));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Probe for MemoryStore {
    async fn ping(&self) -> PortResult<()> {
        self.check_available()
    }
}

/// Nothing here is sealed, so nothing is ever left to seal anew.
#[async_trait]
impl Resealer for MemoryStore {
    async fn reseal(&self, _limit: u32) -> PortResult<u64> {
        self.check_available().map(|()| 0)
    }
}
