//! A PostgreSQL database of one test's own.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;

const SERVER: &str = "PORTCULLIS_TEST_POSTGRES_URL";

/// A database that is dropped when the test is over.
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A new one.
    ///
    /// # Panics
    /// If the environment names no server.
    pub fn create() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            panic!("{SERVER} names no PostgreSQL server: run the tests with scripts/postgres");
        };
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("portcullis_gateway_{}_{number}", std::process::id());
        execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        execute(&server, &format!("CREATE DATABASE {name}"));
        Self { server, name }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// Runs one statement, on a thread of its own because the test may be on a runtime already.
fn execute(server: &str, statement: &str) {
    let (server, statement) = (server.to_owned(), statement.to_owned());
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            client.batch_execute(&statement).await.unwrap();
            drop(client);
            connection.await.unwrap().unwrap();
        });
    });
    thread.join().unwrap();
}
