//! A sealer whose keys can change while it is in use.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context;
use portcullis_kernel::{Entropy, SealError, Sealed, Sealer};
use portcullis_seal_aead::{AeadSealer, MasterKey};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::master_key::read_keys;

/// How long the key file is trusted to say what it said. A rotation waits longer than that between its stages.
const STILL_TRUE: Duration = Duration::from_millis(1_500);

/// Seals under the first key of the key file and opens under all of them.
///
/// A rotation by another process is taken up when the file is read again: by the server once a second, and here before
/// anything is sealed under keys that were looked at too long ago, or opened under one that is not known yet. So a
/// server that stood still neither seals under a key that was dropped meanwhile nor fails to open what is new.
pub struct LiveSealer {
    inner: RwLock<State>,
    file: Option<PathBuf>,
    settled: Vec<MasterKey>,
    entropy: Arc<dyn Entropy>,
}

struct State {
    sealer: Arc<AeadSealer>,
    keys: Vec<MasterKey>,
    read: Instant,
}

impl LiveSealer {
    /// Seals under the first of `keys`. `settled` are older keys from the settings, `file` is what [`Self::reread`]
    /// reads; without one the keys never change.
    pub(super) fn new(
        keys: Vec<MasterKey>,
        settled: Vec<MasterKey>,
        file: Option<PathBuf>,
        entropy: Arc<dyn Entropy>,
    ) -> Option<Self> {
        let sealer = assemble(&keys, &settled, &entropy)?;
        let state = State { sealer, keys, read: Instant::now() };
        Some(Self { inner: RwLock::new(state), file, settled, entropy })
    }

    /// The key file, unless the key comes from the settings.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// The keys in use, the current one first.
    pub(super) fn keys(&self) -> Vec<MasterKey> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// Takes up what the key file says now.
    ///
    /// # Errors
    /// If it is gone or damaged; the keys stay as they were.
    pub fn reread(&self) -> anyhow::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let asked = Instant::now();
        let keys = read_keys(file)?;
        let same = {
            let mut state = self.inner.write().unwrap_or_else(PoisonError::into_inner);
            let same = state.keys.iter().map(MasterKey::id).eq(keys.iter().map(MasterKey::id));
            if same {
                state.read = asked;
            }
            same
        };
        if !same {
            self.take_up(keys, asked)?;
            tracing::info!(key = self.current_key(), "took up the keys of the master key file");
        }
        Ok(())
    }

    pub(super) fn use_keys(&self, keys: Vec<MasterKey>) -> anyhow::Result<()> {
        self.take_up(keys, Instant::now())
    }

    fn take_up(&self, keys: Vec<MasterKey>, read: Instant) -> anyhow::Result<()> {
        let sealer = assemble(&keys, &self.settled, &self.entropy).context("there is no master key")?;
        *self.inner.write().unwrap_or_else(PoisonError::into_inner) = State { sealer, keys, read };
        Ok(())
    }

    fn sealer(&self) -> Arc<AeadSealer> {
        Arc::clone(&self.inner.read().unwrap_or_else(PoisonError::into_inner).sealer)
    }

    /// The sealer that the key file asks for now. A file that cannot be read changes nothing: the background task
    /// that reads it once a second says so.
    fn current(&self) -> Arc<AeadSealer> {
        let read = self.inner.read().unwrap_or_else(PoisonError::into_inner).read;
        if read.elapsed() > STILL_TRUE {
            let _unchanged = self.reread();
        }
        self.sealer()
    }
}

impl Sealer for LiveSealer {
    fn seal(&self, plain: &[u8], context: &str) -> Sealed {
        self.current().seal(plain, context)
    }

    fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        match self.sealer().open(sealed, context) {
            Err(SealError::UnknownKey(_)) if self.reread().is_ok() => self.sealer().open(sealed, context),
            opened => opened,
        }
    }

    fn current_key(&self) -> String {
        self.sealer().current_key()
    }
}

fn assemble(
    keys: &[MasterKey],
    settled: &[MasterKey],
    entropy: &Arc<dyn Entropy>,
) -> Option<Arc<AeadSealer>> {
    let (current, older) = keys.split_first()?;
    let older: Vec<MasterKey> = older.iter().chain(settled).cloned().collect();
    Some(Arc::new(AeadSealer::new(current, &older, Arc::clone(entropy))))
}
