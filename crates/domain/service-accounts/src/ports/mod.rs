//! What keys and service accounts need from outside.

mod api_keys;
mod factor;
mod service_accounts;
mod signed_keys;

pub use api_keys::{ApiKeyStore, DeleteKey, IssueKey, Issued};
pub use factor::{CodeVerdict, OwnerCode};
pub use service_accounts::{CreateServiceAccount, ServiceAccountStore, ServiceCreation, SetServiceState};
pub use signed_keys::{
    AmendKey, DeleteSignedKey, IssueSignedKey, KeyAmendment, KeyColumn, KeyOrder, SignedIssue, SignedKeyStore,
};

#[cfg(any(test, feature = "mock"))]
pub use {
    api_keys::MockApiKeyStore, factor::MockOwnerCode, service_accounts::MockServiceAccountStore,
    signed_keys::MockSignedKeyStore,
};
