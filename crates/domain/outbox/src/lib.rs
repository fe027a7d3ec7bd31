//! Deliver queued mail and SMS at least once, with back-off and dead letters.
//!
//! Use cases never send anything: they put messages into the effects of their write-set, so a message is queued
//! if and only if the act that caused it is durable. This crate carries the queue outside. A message is claimed
//! under a lease, delivered, and settled; if the process dies in between, the lease runs out and another node
//! tries again. Recipients may therefore see a message twice, but never miss one silently.
//!
//! ```
//! # use std::sync::Arc;
//! # use portcullis_kernel::{Ambient, Message};
//! use portcullis_outbox::{
//!     Claim, Claimed, DeliveryError, DispatchRules, Dispatched, Outbox, OutboxStore, Transport,
//! };
//! # use portcullis_outbox::{Entry, Settlement, Status};
//! # use portcullis_kernel::{Clock, Entropy, MessageId, Page, PageRequest, PortResult, Timestamp};
//!
//! struct Nowhere;
//!
//! #[async_trait::async_trait]
//! impl Transport for Nowhere {
//!     async fn deliver(&self, _: Message) -> Result<(), DeliveryError> {
//!         Err(DeliveryError::Never("no such place".to_owned()))
//!     }
//! }
//! # struct Empty;
//! # #[async_trait::async_trait]
//! # impl OutboxStore for Empty {
//! #     async fn claim(&self, _: Claim) -> PortResult<Vec<Claimed>> { Ok(Vec::new()) }
//! #     async fn settle(&self, _: Settlement) -> PortResult<bool> { Ok(true) }
//! #     async fn list(&self, _: Option<Status>, _: PageRequest) -> PortResult<Page<Entry>> {
//! #         Ok(Page { items: Vec::new(), total: 0 })
//! #     }
//! #     async fn find(&self, _: MessageId) -> PortResult<Option<Entry>> { Ok(None) }
//! #     async fn requeue(&self, _: Option<MessageId>, _: Timestamp) -> PortResult<u64> { Ok(0) }
//! # }
//! # struct Still;
//! # impl Clock for Still { fn now(&self) -> Timestamp { Timestamp::from_seconds(0) } }
//! # impl Entropy for Still { fn fill(&self, buffer: &mut [u8]) { buffer.fill(7) } }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> PortResult<()> {
//! # let (store, ambient) = (Arc::new(Empty), Ambient::new(Arc::new(Still), Arc::new(Still)));
//!
//! let outbox = Outbox::new(store, Arc::new(Nowhere), Arc::new(Nowhere), ambient, DispatchRules::default());
//! let done = outbox.dispatch().await?;
//! assert_eq!(done, Dispatched { sent: 0, deferred: 0, dead: 0 });
//! # Ok(())
//! # }
//! ```

mod dispatch;
mod facade;
mod inspect;
mod join;
mod model;
mod ports;
mod retry;

pub use dispatch::Dispatched;
pub use facade::{DispatchRules, Outbox};
pub use model::{Entry, Status};
pub use ports::{Claim, Claimed, DeliveryError, OutboxStore, Settled, Settlement, Transport};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockOutboxStore, MockTransport};
