//! A database of its own on the server that `PORTCULLIS_TEST_POSTGRES_URL` names.

use std::env;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use tokio::runtime::Builder;
use tokio_postgres::{Client, NoTls};
use url::Url;

/// A database that is dropped with this value.
pub(crate) struct Database {
    name: String,
    /// How to reach it.
    pub(crate) url: String,
}

impl Database {
    /// Makes a database, empty or as a copy of another.
    pub(crate) async fn create(template: Option<&str>) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("portcullis_test_{}_{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let server = connect().await;
        run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        // PostgreSQL 15 writes a copy to its log unless it is told to copy the files, which takes a tenth of the time;
        // older ones know no other way, and no such word.
        let copy = format!("CREATE DATABASE {name} TEMPLATE {}", template.unwrap_or("template0"));
        if server.batch_execute(&format!("{copy} STRATEGY FILE_COPY")).await.is_err() {
            run(&server, &copy).await;
        }
        Self { url: url_of(&name), name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let command = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { run(&connect().await, &command).await });
        });
        dropping.join().unwrap();
    }
}

/// A connection to the server's own database.
pub(crate) async fn connect() -> Client {
    let (client, driver) = tokio_postgres::connect(&server(), NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

/// Runs one command.
pub(crate) async fn run(client: &Client, command: &str) {
    client.batch_execute(command).await.unwrap();
}

/// How to reach a database of that name.
pub(crate) fn url_of(database: &str) -> String {
    let mut url = Url::parse(&server()).unwrap();
    url.set_path(database);
    url.to_string()
}

fn server() -> String {
    env::var("PORTCULLIS_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("PORTCULLIS_TEST_POSTGRES_URL is not set: run these tests with scripts/test, or through scripts/postgres")
    })
}
