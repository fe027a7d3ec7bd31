//! The contracts of every store port, kept on SQLite.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

mod fresh;
mod opened;

portcullis_conformance::suite!(fresh::world);
