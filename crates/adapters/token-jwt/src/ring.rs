//! The key ring.

use std::num::NonZero;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use portcullis_kernel::{Ambient, PortError, PortResult, Timestamp};
use portcullis_sessions::SigningKeyStore;
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::spawn_blocking;

use crate::KeyInfo;
use crate::live::LiveKey;
use crate::snapshot::{Place, Snapshot};
use crate::verify::{Digest, Genuine};

/// How many RSA signatures are under way for each core. They take about a millisecond each, so they run on blocking
/// threads, which costs a tenth of the throughput and keeps the threads that serve sockets free (2 ms timers fire
/// after 7 ms instead of 21 at the 99th percentile under full load). One per core would leave the core idle while the
/// next one is handed over; many more compete with the threads that serve sockets.
const DESKS_PER_CORE: usize = 2;

/// How many verified JWTs are remembered, about a kilobyte each.
const VERIFIED: usize = 4_096;

/// Limits of a key ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRingRules {
    /// How far the clock of the node that signed may be ahead of ours: tolerated for `iat` and `nbf`, never for `exp`.
    pub leeway: Duration,
    /// The least time between two looks into the store on account of unknown key names, which anybody can invent.
    pub unknown_kid_pause: Duration,
    /// The longest JWT that is signed or looked at, in bytes.
    pub max_length: usize,
}

impl Default for KeyRingRules {
    /// Five seconds, one second, 8 KiB: a longer one fits no header line of common servers.
    fn default() -> Self {
        Self {
            leeway: Duration::from_secs(5),
            unknown_kid_pause: Duration::from_secs(1),
            max_length: 8 << 10,
        }
    }
}

/// Signs and verifies with the keys of a [`SigningKeyStore`]; see the crate's own page for how keys live.
///
/// A new ring is empty. Call [`Self::reload`] before serving and about once a second from then on, and
/// [`Self::prepare`] for the keys that will be needed, so that they are published before the first token is signed.
pub struct KeyRing {
    pub(crate) store: Arc<dyn SigningKeyStore>,
    pub(crate) ambient: Ambient,
    pub(crate) rules: KeyRingRules,
    /// Held while keys are made, so that one process makes each key once.
    pub(crate) making: Mutex<()>,
    /// Held by RSA signatures.
    pub(crate) desks: Semaphore,
    /// JWTs whose signatures were right lately.
    pub(crate) verified: Cache<Digest, Arc<Genuine>>,
    snapshot: RwLock<Arc<Snapshot>>,
    /// Held while the store is read, so that an older reading never replaces a newer one; when an unknown key name
    /// last caused one.
    loading: Mutex<Option<Timestamp>>,
}

impl KeyRing {
    /// An empty ring over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn SigningKeyStore>, ambient: Ambient, rules: KeyRingRules) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            store,
            ambient,
            rules,
            making: Mutex::new(()),
            desks: Semaphore::new(DESKS_PER_CORE * cores),
            verified: Cache::new(VERIFIED),
            snapshot: RwLock::new(Arc::new(Snapshot::empty())),
            loading: Mutex::new(None),
        }
    }

    /// Takes up keys that were made since, here or on another node. Costs one read of the store; only new keys are
    /// parsed. If a key cannot be parsed the ring stays as it was and the error is [`PortError::Broken`].
    pub async fn reload(&self) -> PortResult<()> {
        let _alone = self.loading.lock().await;
        self.load().await
    }

    /// The public keys as a JWK Set (RFC 7517): every key that ever signed or will, so that whoever fetches the set
    /// before a rotation takes effect knows the new key in time.
    #[must_use]
    pub fn jwks(&self) -> Arc<str> {
        self.snapshot().jwks()
    }

    /// Every key, oldest first, as the store has it now.
    pub async fn list(&self) -> PortResult<Vec<KeyInfo>> {
        self.reload().await?;
        Ok(self.snapshot().infos().cloned().collect())
    }

    /// The key that signs now, if its place has one.
    pub(crate) fn signer(&self, place: Place) -> Option<Arc<LiveKey>> {
        self.snapshot().signer(place, self.ambient.now()).map(Arc::clone)
    }

    /// The key of that name. An unknown name makes the ring look into the store, but not too often.
    pub(crate) async fn key(&self, kid: &str) -> PortResult<Option<Arc<LiveKey>>> {
        if let Some(key) = self.snapshot().find(kid) {
            return Ok(Some(key));
        }
        let mut last = self.loading.lock().await;
        let now = self.ambient.now();
        let too_soon = last.is_some_and(|last| last <= now && now.since(last) < self.rules.unknown_kid_pause);
        let found = self.snapshot().find(kid);
        if found.is_some() || too_soon {
            return Ok(found);
        }
        *last = Some(now);
        self.load().await?;
        Ok(self.snapshot().find(kid))
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// To be called with `loading` held.
    async fn load(&self) -> PortResult<()> {
        let (kept, known) = (self.store.list().await?, self.snapshot());
        if known.is_of(&kept) {
            return Ok(());
        }
        let parsed =
            spawn_blocking(move || Snapshot::parse(&kept, &known)).await.map_err(PortError::broken)??;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(parsed);
        Ok(())
    }
}
