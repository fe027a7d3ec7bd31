//! The contracts of every store port, kept on SQLite.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use portcullis_conformance::{MasterKeys, Reopen, SeededEntropy, World};
use portcullis_kernel::Sealer;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_store_sqlite::{Options, Store};

fn sealer(current: char, old: &[char]) -> Arc<dyn Sealer> {
    let key = |digit: &char| MasterKey::parse(&digit.to_string().repeat(64)).unwrap();
    let old: Vec<MasterKey> = old.iter().map(key).collect();
    Arc::new(AeadSealer::new(&key(&current), &old, Arc::new(SeededEntropy::new(7))))
}

fn open(path: &Path, sealer: Arc<dyn Sealer>) -> Store {
    Store::open(Options::at(path, sealer)).unwrap()
}

async fn fresh() -> World {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let path = folder.path().join("portcullis.db");
    let store = open(&path, sealer('1', &[]));
    store.migrate().await.unwrap();
    let reopen: Reopen = Arc::new(move |keys| -> Pin<Box<dyn Future<Output = World> + Send>> {
        let sealer = match keys {
            MasterKeys::NewAndOld => sealer('2', &['1']),
            MasterKeys::NewOnly => sealer('2', &[]),
        };
        Box::pin(std::future::ready(World::new(open(&path, sealer))))
    });
    World { reopen: Some(reopen), guards: vec![folder], ..World::new(store) }
}

portcullis_conformance::suite!(fresh);
