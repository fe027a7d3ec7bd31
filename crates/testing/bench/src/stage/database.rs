//! A `PostgreSQL` database of one installation's own.

use anyhow::{Context, Result};
use tokio_postgres::NoTls;

/// A database that stays until it is removed.
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes one, in place of what an interrupted run may have left.
    pub async fn create(server: &str, number: u32) -> Result<Self> {
        let database = Self {
            server: server.to_owned(),
            name: format!("portcullis_bench_{}_{number}", std::process::id()),
        };
        database.remove().await?;
        execute(server, &format!("CREATE DATABASE {}", database.name)).await?;
        Ok(database)
    }

    /// Where it is.
    pub fn url(&self) -> Result<String> {
        let (server, _) = self.server.rsplit_once('/').context("the URL of the server names no database")?;
        Ok(format!("{server}/{}", self.name))
    }

    /// Runs a statement on it, and lets the planner know what has become of its tables.
    pub async fn write(&self, statement: &str) -> Result<()> {
        let url = self.url()?;
        execute(&url, statement).await?;
        execute(&url, "VACUUM ANALYZE").await
    }

    /// Removes it.
    pub async fn remove(&self) -> Result<()> {
        execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await
    }
}

async fn execute(server: &str, statement: &str) -> Result<()> {
    let (client, connection) =
        tokio_postgres::connect(server, NoTls).await.context("PostgreSQL does not answer")?;
    let connection = tokio::spawn(connection);
    client.batch_execute(statement).await?;
    drop(client);
    Ok(connection.await??)
}
