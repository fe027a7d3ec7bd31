//! Deliver queued mail and SMS at least once, with back-off and dead letters.
//!
//! Use cases never send anything: they put messages into the effects of their write-set, so a message is queued
//! if and only if the act that caused it is durable. This crate carries the queue outside. A message is claimed
//! under a lease, delivered, and settled; if the process dies in between, the lease runs out and another node
//! tries again. Recipients may therefore see a message twice, but never miss one silently.
//!
//! ```
//! use std::sync::Arc;
//!
//! use portcullis_conformance::{FixedClock, SeededEntropy};
//! use portcullis_kernel::{Ambient, Message, PortResult};
//! use portcullis_outbox::{DeliveryError, DispatchRules, Dispatched, Outbox, Transport};
//! use portcullis_store_memory::MemoryStore;
//!
//! struct Nowhere;
//!
//! #[async_trait::async_trait]
//! impl Transport for Nowhere {
//!     async fn deliver(&self, _: Message) -> Result<(), DeliveryError> {
//!         Err(DeliveryError::Never("no such place".to_owned()))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> PortResult<()> {
//! let store = Arc::new(MemoryStore::new());
//! let ambient = Ambient::new(Arc::new(FixedClock::default()), Arc::new(SeededEntropy::default()));
//! let outbox = Outbox::new(store, Arc::new(Nowhere), Arc::new(Nowhere), ambient, DispatchRules::default());
//!
//! assert_eq!(outbox.dispatch().await?, Dispatched { sent: 0, deferred: 0, dead: 0 });
//! # Ok(())
//! # }
//! ```

mod dispatch;
mod facade;
mod inspect;
mod join;
mod model;
#[cfg(test)]
mod outage;
mod ports;
mod retry;

pub use dispatch::Dispatched;
pub use facade::{DispatchRules, Outbox};
pub use model::{Entry, Status};
pub use ports::{Claim, Claimed, DeliveryError, OutboxStore, Settled, Settlement, Transport};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockOutboxStore, MockTransport};
