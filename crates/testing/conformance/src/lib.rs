//! The contracts of the store ports as a test suite that any adapter can run, and what tests of every crate share:
//! a fixed clock, seeded entropy, an instant password hasher and builders.
//!
//! A store runs the whole suite with one line; each case becomes a test of its own, in a module named after its
//! port. The argument is the path of an `async fn` that returns the [`World`] of a fresh, empty store:
//!
//! ```text
//! async fn fresh() -> portcullis_conformance::World {
//!     portcullis_conformance::World::new(MyStore::in_a_new_database().await)
//! }
//!
//! portcullis_conformance::suite!(fresh);
//! ```
//!
//! The crate that calls the macro needs `tokio` with `macros` and `rt-multi-thread`. Cases never sleep and share
//! nothing, so they may run at once, each against a store of its own.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "a test suite: a panic is its verdict"
)]

mod clock;
mod entropy;
mod facts;
mod hasher;
mod race;
mod suite;
mod world;

pub mod build;
pub mod cases;

pub use clock::FixedClock;
pub use entropy::SeededEntropy;
pub use facts::{Facts, assert_same};
pub use hasher::PlainHasher;
pub use race::race;
pub use world::{MasterKeys, Reopen, Stores, World};

/// The program in docs/embedding.md, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/embedding.md")]
struct Embedding;
