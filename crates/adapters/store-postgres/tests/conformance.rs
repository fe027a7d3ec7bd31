//! The contracts of every store port, kept on PostgreSQL: the server that `PORTCULLIS_TEST_POSTGRES_URL` names.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use portcullis_conformance::{MasterKeys, Reopen, SeededEntropy, World};
use portcullis_kernel::Sealer;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_store_postgres::{Options, Store};
use tokio_postgres::NoTls;

/// A database of one test's own, dropped when the test is over.
struct Database {
    server: String,
    name: String,
}

impl Database {
    async fn create() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("PORTCULLIS_TEST_POSTGRES_URL")
            .expect("PORTCULLIS_TEST_POSTGRES_URL names a PostgreSQL server; scripts/postgres starts one");
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("portcullis_store_{}_{number}", std::process::id());
        execute(server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        execute(server.clone(), format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }

    fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, statement) = (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(server, statement));
        });
        thread.join().unwrap();
    }
}

async fn execute(server: String, statement: String) {
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(&statement).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

fn sealer(current: char, old: &[char]) -> Arc<dyn Sealer> {
    let key = |digit: &char| MasterKey::parse(&digit.to_string().repeat(64)).unwrap();
    let old: Vec<MasterKey> = old.iter().map(key).collect();
    Arc::new(AeadSealer::new(&key(&current), &old, Arc::new(SeededEntropy::new(7))))
}

fn open(url: &str, sealer: Arc<dyn Sealer>) -> Store {
    Store::open(Options::at(url, sealer)).unwrap()
}

async fn fresh() -> World {
    let database = Arc::new(Database::create().await);
    let url = database.url();
    let store = open(&url, sealer('1', &[]));
    store.migrate().await.unwrap();
    let reopen: Reopen = Arc::new(move |keys| -> Pin<Box<dyn Future<Output = World> + Send>> {
        let sealer = match keys {
            MasterKeys::NewAndOld => sealer('2', &['1']),
            MasterKeys::NewOnly => sealer('2', &[]),
        };
        Box::pin(std::future::ready(World::new(open(&url, sealer))))
    });
    World { reopen: Some(reopen), guards: vec![database], ..World::new(store) }
}

portcullis_conformance::suite!(fresh);
