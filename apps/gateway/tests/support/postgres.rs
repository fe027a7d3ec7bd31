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
        Self::copy("template1")
    }

    /// A copy of that database, which nobody may use meanwhile.
    ///
    /// # Panics
    /// If the environment names no server.
    pub fn copy(original: &str) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let server = server();
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("portcullis_gateway_{}_{number}", std::process::id());
        execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // PostgreSQL 15 writes a copy to its log unless it is told to copy the files, which takes a tenth of the time;
        // older ones know no other way, and no such word.
        let copy = format!("CREATE DATABASE {name} TEMPLATE {original}");
        if try_execute(&server, &format!("{copy} STRATEGY FILE_COPY")).is_err() {
            execute(&server, &copy);
        }
        Self { server, name }
    }

    /// Gives it a name to be copied by, and leaves it there. Where that name is taken, it is dropped like any other.
    pub fn keep_as(self, name: &str) {
        let rename = format!("ALTER DATABASE {} RENAME TO {name}", self.name);
        if try_execute(&self.server, &rename).is_ok() {
            std::mem::forget(self);
        }
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

/// Whether the server has a database of that name.
pub fn exists(name: &str) -> bool {
    // Connecting would keep others from copying it.
    let asked =
        format!("DO $$ BEGIN ASSERT EXISTS (SELECT FROM pg_database WHERE datname = '{name}'); END $$");
    try_execute(&server(), &asked).is_ok()
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} names no PostgreSQL server: run the tests with scripts/postgres")
    })
}

fn execute(server: &str, statement: &str) {
    try_execute(server, statement).unwrap();
}

/// Runs one statement, on a thread of its own because the test may be on a runtime already.
fn try_execute(server: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    let (server, statement) = (server.to_owned(), statement.to_owned());
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            let done = client.batch_execute(&statement).await;
            drop(client);
            connection.await.unwrap().unwrap();
            done
        })
    });
    thread.join().unwrap()
}
