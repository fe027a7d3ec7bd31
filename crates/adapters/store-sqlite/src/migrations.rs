//! The migrations of this backend, and how they are run.

use std::error::Error;

use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use portcullis_kernel::{PortError, PortResult};

use crate::backend::{Pooled, drive};
use crate::sql::failure::unanswered;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../../migrations/sqlite");

pub(crate) async fn run(mut writer: Pooled) -> PortResult<()> {
    let work = async move { writer.spawn_blocking(|connection| Ok(run_all(connection))).await };
    drive(work).await?.map_err(unanswered)?.map_err(PortError::Broken)
}

fn run_all(connection: &mut SqliteConnection) -> Result<(), Box<dyn Error + Send + Sync>> {
    connection.immediate_transaction(|connection| connection.run_pending_migrations(MIGRATIONS).map(drop))
}
