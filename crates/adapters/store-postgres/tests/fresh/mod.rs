//! A store in a database of its own, copied from one that was migrated once.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use portcullis_conformance::{MasterKeys, Reopen, World};

use crate::database::{Database, connect, run, url_of};
use crate::opened::{OLD, open};

const NEW: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// A migrated store whose database goes with the world.
pub(crate) async fn world() -> World {
    let database = Database::create(Some(&template().await)).await;
    let store = open(&database.url, &[OLD]);
    let reopen = Some(reopen(database.url.clone()));
    World { reopen, guards: vec![Arc::new(database)], ..World::new(store) }
}

fn reopen(url: String) -> Reopen {
    Arc::new(move |keys| {
        let keys: &[&str] = match keys {
            MasterKeys::NewAndOld => &[NEW, OLD],
            MasterKeys::NewOnly => &[NEW],
        };
        let store = open(&url, keys);
        Box::pin(async move { World::new(store) })
    })
}

/// The name of the migrated database. Tests are processes of their own, so the first one of them makes it behind a
/// lock of the server; it is named after the migrations, so that new ones get a new template.
async fn template() -> String {
    let name = format!("portcullis_template_{:x}", digest_of_migrations());
    let server = connect().await;
    run(&server, "SELECT pg_advisory_lock(20261122)").await;
    let made = server.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await.unwrap();
    if made.is_empty() {
        let building = format!("{name}_building");
        run(&server, &format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await;
        run(&server, &format!("CREATE DATABASE {building} TEMPLATE template0")).await;
        open(&url_of(&building), &[OLD]).migrate().await.unwrap();
        run(&server, &format!("ALTER DATABASE {building} RENAME TO {name}")).await;
    }
    run(&server, "SELECT pg_advisory_unlock(20261122)").await;
    name
}

fn digest_of_migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations/postgres");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read_to_string(file.join("up.sql")).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
