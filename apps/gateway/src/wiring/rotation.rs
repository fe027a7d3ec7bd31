//! Replacing the master key while servers run.
//!
//! Servers read the key file once a second, and before they seal anything if they missed that, so the new key goes
//! through three stages: known to all, then used by all, then alone. Each stage is one atomic replacement of the file; a
//! rotation that breaks off at any point leaves every value readable, and the next one first finishes what it finds.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use portcullis_kernel::{AuditAction, AuditEvent, Client, Effects, Sealer};
use portcullis_seal_aead::MasterKey;
use portcullis_sessions::AddSigningKey;

use super::Opened;
use super::files::replace_private;
use super::master_key::written;
use crate::failure::Failure;

/// Longer than running servers take to read the key file again, and than a transaction takes that began before.
const PICKED_UP: Duration = Duration::from_millis(2_500);
const BATCH: u32 = 200;

/// A rotation that is done.
pub struct Rotation {
    /// The name of the new key.
    pub key: String,
    /// How many values were sealed anew.
    pub resealed: u64,
}

/// Makes a new master key, seals everything under it, and forgets the old one. A key that comes from the settings is
/// the operator's to make: then everything moves to it from `secrets.old_master_keys`.
///
/// # Errors
/// If there is neither a key file nor an old key, if another rotation runs, or if the file or the database fail.
pub async fn rotate_master_key(
    opened: &Opened,
    client: &Client,
    progress: fn(&str),
) -> anyhow::Result<Rotation> {
    let resealed = match opened.sealer.file() {
        Some(file) => rotate_file(opened, file, progress).await?,
        None if opened.app.settings.secrets.old_master_keys.is_empty() => anyhow::bail!(
            "the master key comes from the settings: put a new key into secrets.master_key and the present one into \
             secrets.old_master_keys, restart every server, then run this command again"
        ),
        None => reseal(opened, progress).await?,
    };
    note(opened, client).await?;
    Ok(Rotation { key: opened.sealer.current_key(), resealed })
}

async fn rotate_file(opened: &Opened, file: &Path, progress: fn(&str)) -> anyhow::Result<u64> {
    let _lock = lock(file)?;
    let mut resealed = 0;
    opened.sealer.reread()?;
    if opened.sealer.keys().len() > 1 {
        progress("finishing an interrupted rotation");
        resealed += finish(opened, file, progress).await?;
    }
    let new = MasterKey::generate(opened.app.ambient.entropy());
    let old = opened.sealer.keys();
    progress("publishing the new key");
    install(opened, file, old.iter().chain([&new]))?;
    tokio::time::sleep(PICKED_UP).await;
    progress("sealing under the new key");
    install(opened, file, [&new].into_iter().chain(&old))?;
    resealed += finish(opened, file, progress).await?;
    Ok(resealed)
}

/// Moves everything to the first key of the file, then drops the others: once nothing was left under them for a while.
async fn finish(opened: &Opened, file: &Path, progress: fn(&str)) -> anyhow::Result<u64> {
    let mut resealed = 0;
    loop {
        // A server that has not read the file yet still seals under the old key.
        tokio::time::sleep(PICKED_UP).await;
        let moved = reseal(opened, progress).await?;
        resealed += moved;
        if moved == 0 {
            break;
        }
    }
    let current = opened.sealer.keys().into_iter().take(1).collect::<Vec<_>>();
    install(opened, file, &current)?;
    Ok(resealed)
}

async fn reseal(opened: &Opened, progress: fn(&str)) -> anyhow::Result<u64> {
    let mut resealed = 0;
    loop {
        match opened.stores.resealer.reseal(BATCH).await.map_err(Failure::from)? {
            0 => return Ok(resealed),
            moved => resealed += moved,
        }
        progress(&format!("{resealed} values sealed anew"));
    }
}

/// The audit trail has no port for a lone entry; a write-set that adds no key carries it.
async fn note(opened: &Opened, client: &Client) -> anyhow::Result<()> {
    let event = AuditEvent::new(&opened.app.ambient, AuditAction::MasterKeyRotated, client);
    let write = AddSigningKey { keys: Vec::new(), effects: Effects::audit(event) };
    opened.stores.signing_keys.add(write).await.map_err(Failure::from)?;
    Ok(())
}

fn install<'k>(
    opened: &Opened,
    file: &Path,
    keys: impl IntoIterator<Item = &'k MasterKey>,
) -> anyhow::Result<()> {
    let keys: Vec<MasterKey> = keys.into_iter().cloned().collect();
    replace_private(file, &written(&keys))
        .with_context(|| format!("the master key file {} cannot be replaced", file.display()))?;
    opened.sealer.use_keys(keys)
}

/// Held while the rotation runs; the operating system lets go of it when the process ends.
fn lock(file: &Path) -> anyhow::Result<File> {
    let lock = File::create(file.with_extension("lock"))?;
    lock.try_lock().context("another rotation is running")?;
    Ok(lock)
}
