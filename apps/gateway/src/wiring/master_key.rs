//! Where the master key comes from.
//!
//! From the settings, or from `master.key` in the data folder: one key per line, the current one first, further ones
//! for what they sealed. The file is made on the first start, and only then: a new key cannot open what an old one
//! sealed, so a file that is missing although the database holds sealed values is refused, never replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use portcullis_host::OsEntropy;
use portcullis_kernel::{Ambient, Sealer};
use portcullis_seal_aead::{AeadSealer, MasterKey};

use super::database::Stores;
use super::files;
use super::sealing::LiveSealer;
use crate::settings::Settings;

/// Where a key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeySource {
    /// In the settings or in the key file.
    Known,
    /// Nowhere: it was made just now and is not kept yet.
    Fresh,
}

/// The path of the key file.
pub(super) fn key_file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("master.key")
}

/// The sealer that the settings and the key file ask for. A fresh key is not written yet: see [`keep_fresh`].
pub(super) fn sealer(settings: &Settings, ambient: &Ambient) -> anyhow::Result<(Arc<LiveSealer>, KeySource)> {
    let old = settings.secrets.old_master_keys.iter().map(|key| MasterKey::parse(key.reveal()));
    let old = old.collect::<Result<Vec<_>, _>>()?;
    let file = key_file(settings);
    let (keys, file, source) = match &settings.secrets.master_key {
        Some(key) => (vec![MasterKey::parse(key.reveal())?], None, KeySource::Known),
        None if file.exists() => (read_keys(&file)?, Some(file), KeySource::Known),
        None => (vec![MasterKey::generate(ambient.entropy())], Some(file), KeySource::Fresh),
    };
    let sealer =
        LiveSealer::new(keys, old, file, Arc::new(OsEntropy::new())).context("there is no master key")?;
    Ok((Arc::new(sealer), source))
}

/// A sealer for a database that is only looked at.
pub(super) fn unused_sealer() -> Arc<dyn Sealer> {
    let entropy = Arc::new(OsEntropy::new());
    Arc::new(AeadSealer::new(&MasterKey::generate(&*entropy), &[], entropy.clone()))
}

/// Writes a fresh key, if nothing was sealed under another one. If another process was quicker, its key is used.
pub(super) async fn keep_fresh(sealer: &LiveSealer, stores: &Stores) -> anyhow::Result<()> {
    let Some(file) = sealer.file() else { return Ok(()) };
    if file.exists() {
        return sealer.reread();
    }
    // Nothing is sealed under a key that nobody has: either nothing is sealed at all, or the right key is missing.
    let holds_sealed = !matches!(stores.resealer.reseal(1).await, Ok(0));
    if holds_sealed && !file.exists() {
        anyhow::bail!(
            "the master key file {} is missing, but the database holds values sealed under it: restore the file, or \
             name the key with secrets.master_key_file",
            file.display()
        );
    }
    let made = files::create_private(file, &written(&sealer.keys()))
        .with_context(|| format!("the master key file {} cannot be written", file.display()))?;
    if made { Ok(()) } else { sealer.reread() }
}

/// Reads a key file.
pub(super) fn read_keys(file: &Path) -> anyhow::Result<Vec<MasterKey>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the master key file {} cannot be read", file.display()))?;
    let text = zeroize::Zeroizing::new(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys = lines
        .map(MasterKey::parse)
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("the master key file {} is damaged", file.display()))?;
    anyhow::ensure!(!keys.is_empty(), "the master key file {} is empty", file.display());
    Ok(keys)
}

/// The text of a key file.
pub(super) fn written(keys: &[MasterKey]) -> zeroize::Zeroizing<String> {
    let mut text = zeroize::Zeroizing::new(String::new());
    for key in keys {
        text.push_str(&key.to_text());
        text.push('\n');
    }
    text
}
