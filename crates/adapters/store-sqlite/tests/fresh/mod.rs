//! A store in a file of its own.

use std::path::PathBuf;
use std::sync::Arc;

use portcullis_conformance::{MasterKeys, Reopen, World};
use tempfile::TempDir;

use crate::opened::{OLD, open};

const NEW: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// A migrated store in a temporary folder that goes with the world.
pub(crate) async fn world() -> World {
    let folder = Arc::new(TempDir::new().unwrap());
    let path = folder.path().join("portcullis.db");
    let store = open(&path, &[OLD]);
    store.migrate().await.unwrap();
    World { reopen: Some(reopen(path)), guards: vec![folder], ..World::new(store) }
}

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
