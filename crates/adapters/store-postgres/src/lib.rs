//! Every store port on PostgreSQL 13 or later.
//!
//! Any number of nodes share one database. Write-sets run at `READ COMMITTED` and lock what they decide about, so a
//! race has one winner; what the database refuses all the same (a deadlock, a serialization failure) is begun again. Outside
//! of a write-set a connection only reads.
//! Connections are made when they are needed and replaced when they broke: a database that was away is used again
//! by the next call.
//!
//! ```no_run
//! # async fn example(sealer: std::sync::Arc<dyn portcullis_kernel::Sealer>) -> portcullis_kernel::PortResult<()> {
//! use portcullis_store_postgres::{Options, Store};
//!
//! let store = Store::open(Options::at("postgres://portcullis@db.example/portcullis?sslmode=verify-full", sealer))?;
//! store.migrate().await?;
//! # Ok(())
//! # }
//! ```

mod backend;
mod columns;
mod connection;
mod lookups;
mod migrations;
mod open;
#[path = "../../store-sql/mod.rs"]
mod sql;
#[cfg(test)]
mod tests;
mod tls;

pub use open::{InvalidUrl, Options};
pub use sql::Store;
