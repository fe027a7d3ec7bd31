//! API keys and service accounts: issue, list, authenticate, revoke.

mod model;
mod ports;

pub use model::{ApiKey, Holder, KeyKind, PresentedKey};
#[cfg(any(test, feature = "mock"))]
pub use ports::MockApiKeyStore;
pub use ports::{ApiKeyStore, DeleteKey, IssueKey, Issued};
