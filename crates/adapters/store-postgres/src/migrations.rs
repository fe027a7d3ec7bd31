//! The migrations of this backend, and how they are run.

use std::error::Error;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use portcullis_kernel::{PortError, PortResult};
use tokio::task::spawn_blocking;

use crate::backend::Pooled;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../../migrations/postgres");

/// Nodes that start at once wait for one another here; the number is arbitrary.
const TURN: &str =
    "SET TRANSACTION READ WRITE; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7620118309)";

pub(crate) async fn run(writer: Pooled) -> PortResult<()> {
    let connection = Pooled::take(writer);
    let ran = spawn_blocking(move || run_all(&mut connection.into_line().into())).await;
    ran.map_err(PortError::broken)?.map_err(PortError::Broken)
}

fn run_all(
    connection: &mut AsyncConnectionWrapper<AsyncPgConnection>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    connection.transaction(|connection| {
        connection.batch_execute(TURN)?;
        connection.run_pending_migrations(MIGRATIONS).map(drop)
    })
}
