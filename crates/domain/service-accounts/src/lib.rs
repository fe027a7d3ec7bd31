//! API keys and service accounts: issue, list, authenticate, revoke.

mod delete;
mod facade;
mod flush_uses;
mod issue;
mod letters;
mod list;
mod model;
mod ports;
mod present;
mod uses;

pub use delete::{DeleteHeader, DeleteKeyError};
pub use facade::ApiKeys;
pub use issue::{IssueError, IssueHeader};
pub use model::{ApiKey, Holder, KeyKind, PresentedKey};
#[cfg(any(test, feature = "mock"))]
pub use ports::MockApiKeyStore;
pub use ports::{ApiKeyStore, DeleteKey, IssueKey, Issued};
