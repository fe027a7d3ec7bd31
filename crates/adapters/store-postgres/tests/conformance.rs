//! The contracts of every store port, kept on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

mod database;
mod fresh;
mod opened;

portcullis_conformance::suite!(fresh::world);
