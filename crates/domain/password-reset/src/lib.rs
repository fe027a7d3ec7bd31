//! Forgotten and forced password changes, by code, token or challenge.

mod ports;

#[cfg(any(test, feature = "mock"))]
pub use ports::MockResetStore;
pub use ports::{CompleteReset, Completion, IssueReset, RejectReset, ResetStore, ResetSubject};
