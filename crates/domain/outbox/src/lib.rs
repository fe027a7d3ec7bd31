//! Deliver queued mail and SMS at least once, with back-off and dead letters.

mod model;
mod ports;

pub use model::{Entry, Status};
pub use ports::{Claim, Claimed, DeliveryError, OutboxStore, Settled, Settlement, Transport};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockOutboxStore, MockTransport};
