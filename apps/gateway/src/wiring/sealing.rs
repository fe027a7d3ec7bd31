//! A sealer whose keys can change while it is in use.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use portcullis_kernel::{Entropy, SealError, Sealed, Sealer};
use portcullis_seal_aead::{AeadSealer, MasterKey};
use zeroize::Zeroizing;

use super::master_key::read_keys;

/// Seals under the first key of the key file and opens under all of them; a rotation by another process is taken up
/// when the file is read again.
pub struct LiveSealer {
    inner: RwLock<State>,
    file: Option<PathBuf>,
    settled: Vec<MasterKey>,
    entropy: Arc<dyn Entropy>,
}

struct State {
    sealer: Arc<AeadSealer>,
    keys: Vec<MasterKey>,
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
        Some(Self { inner: RwLock::new(State { sealer, keys }), file, settled, entropy })
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
        let keys = read_keys(file)?;
        let same = {
            let state = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            state.keys.iter().map(MasterKey::id).eq(keys.iter().map(MasterKey::id))
        };
        if !same {
            self.use_keys(keys)?;
            tracing::info!(key = self.current_key(), "took up the keys of the master key file");
        }
        Ok(())
    }

    pub(super) fn use_keys(&self, keys: Vec<MasterKey>) -> anyhow::Result<()> {
        let sealer = assemble(&keys, &self.settled, &self.entropy).context("there is no master key")?;
        *self.inner.write().unwrap_or_else(PoisonError::into_inner) = State { sealer, keys };
        Ok(())
    }

    fn sealer(&self) -> Arc<AeadSealer> {
        Arc::clone(&self.inner.read().unwrap_or_else(PoisonError::into_inner).sealer)
    }
}

impl Sealer for LiveSealer {
    fn seal(&self, plain: &[u8], context: &str) -> Sealed {
        self.sealer().seal(plain, context)
    }

    fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.sealer().open(sealed, context)
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
