//! Which migrations a database still lacks.

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::result::Error as SqlError;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{PortError, PortResult};

use super::Store;
use super::failure::unanswered;
use crate::backend::Db;
use crate::migrations::{MIGRATIONS, run};

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}
use __diesel_schema_migrations as applied;

impl Store {
    /// The names of the migrations that [`Self::migrate`] would run, in order. Reads only, and takes one query.
    pub async fn pending_migrations(&self) -> PortResult<Vec<String>> {
        let mut db = self.backend.reader().await?;
        let applied: QueryResult<Vec<String>> = applied::table.select(applied::version).load(&mut *db).await;
        let applied = match applied {
            Err(SqlError::DatabaseError(_, error))
                if error.message().contains("__diesel_schema_migrations") =>
            {
                Vec::new()
            }
            answer => answer.map_err(unanswered)?,
        };
        let known: Vec<Box<dyn Migration<Db>>> = MIGRATIONS.migrations().map_err(PortError::broken)?;
        let pending =
            known.iter().filter(|migration| !applied.contains(&migration.name().version().to_string()));
        Ok(pending.map(|migration| migration.name().to_string()).collect())
    }

    /// Brings the database up to date, all migrations in one transaction, and names those it ran. Nodes that start
    /// at once take turns.
    pub async fn migrate(&self) -> PortResult<Vec<String>> {
        let pending = self.pending_migrations().await?;
        if !pending.is_empty() {
            run(self.backend.writer().await?).await?;
        }
        Ok(pending)
    }
}
