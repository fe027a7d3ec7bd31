//! The contracts of every store port, kept by the reference store.

use portcullis_conformance::World;
use portcullis_store_memory::MemoryStore;

async fn fresh() -> World {
    World::new(MemoryStore::new())
}

portcullis_conformance::suite!(fresh);
