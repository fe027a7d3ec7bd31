//! A store in a file of its own.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_conformance::{MasterKeys, Reopen, SeededEntropy, World};
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_store_sqlite::{Options, Store};
use tempfile::TempDir;

/// A migrated store in a temporary folder that goes with the world.
pub(crate) async fn world() -> World {
    let folder = Arc::new(TempDir::new().unwrap());
    let path = folder.path().join("portcullis.db");
    let store = open(&path, &[OLD]);
    store.migrate().await.unwrap();
    World { reopen: Some(reopen(path)), guards: vec![folder], ..World::new(store) }
}

/// The store in the file, under master keys of which the first one seals.
pub(crate) fn open(path: &Path, keys: &[&str]) -> Store {
    let mut keys = keys.iter().map(|text| MasterKey::parse(text).ok().unwrap());
    let first = keys.next().unwrap();
    let older: Vec<_> = keys.collect();
    let sealer = AeadSealer::new(&first, &older, Arc::new(SeededEntropy::default()));
    Store::open(Options::at(path, Arc::new(sealer))).unwrap()
}

pub(crate) const OLD: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222222222222222222222222222";

fn reopen(path: PathBuf) -> Reopen {
    Arc::new(move |keys| {
        let keys: &[&str] = match keys {
            MasterKeys::NewAndOld => &[NEW, OLD],
            MasterKeys::NewOnly => &[NEW],
        };
        let store = open(&path, keys);
        Box::pin(async move { World::new(store) })
    })
}
