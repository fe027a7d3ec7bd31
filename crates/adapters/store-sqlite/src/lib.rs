//! Every store port on SQLite.
//!
//! One file holds everything. Reads run on `query_only` connections in the calling task, a few microseconds each;
//! writes take turns on one connection in a blocking thread, those that wait together in one `BEGIN IMMEDIATE`
//! transaction, which is on disk (`synchronous = FULL`) when the calls return. Several processes may use one file: a command beside a serving node
//! waits up to five seconds for its turn.
//!
//! ```no_run
//! # async fn example(sealer: std::sync::Arc<dyn portcullis_kernel::Sealer>) -> portcullis_kernel::PortResult<()> {
//! use portcullis_store_sqlite::{Options, Store};
//!
//! let store = Store::open(Options::at("portcullis.db", sealer))?;
//! store.migrate().await?;
//! # Ok(())
//! # }
//! ```

mod backend;
mod columns;
mod migrations;
mod open;
mod private;
mod queue;
#[path = "../../store-sql/mod.rs"]
mod sql;
#[cfg(test)]
mod tests;

pub use open::Options;
pub use sql::Store;
