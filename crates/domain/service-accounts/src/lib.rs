//! API keys and service accounts: issue, list, authenticate, revoke.
//!
//! [`ApiKeys`] is the way in for keys that are presented in a header, [`ServiceAccounts`] for those that sign, and for
//! the service accounts that hold some of them. A key is found by digest in one read; that it was used is noted in memory and written
//! now and then by [`ApiKeys::flush_uses`], so that a request never costs a write.
//!
//! ```
//! use portcullis_conformance::World;
//! use portcullis_kernel::{Client, CompanySlug};
//! use portcullis_service_accounts::{ApiKeys, IssueHeader, KeyKind};
//! use portcullis_store_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(MemoryStore::new());
//! let ada = world.new_account().await;
//! let keys = ApiKeys::new(world.api_keys.clone(), world.ambient());
//! let order = IssueHeader {
//!     company: ada.company,
//!     company_slug: CompanySlug::parse("acme")?,
//!     account: ada.id,
//!     email: None,
//!     name: "nightly".to_owned(),
//!     limit: 100,
//!     client: Client::operator(),
//! };
//! let key = keys.issue(order).await?;
//!
//! let KeyKind::Header { token } = &key.kind else { panic!("not a header key") };
//! let presented = keys.present(token.digest(), world.ambient().now()).await?;
//! assert_eq!(presented.expect("the key is active").account, ada.id);
//! assert_eq!(keys.flush_uses().await?, 1);
//! # Ok(())
//! # }
//! ```

mod adopt;
mod authenticate;
mod create_service;
mod delete;
mod facade;
mod flush_uses;
mod issue;
mod letters;
mod list;
mod model;
mod ports;
mod present;
mod replay;
mod service_accounts;
mod signed;
mod uses;

pub use adopt::{AdoptSigned, AdoptSignedError, ForeignKey};
pub use authenticate::{Signature, SignatureError};
pub use create_service::{NewServiceAccount, NewServiceAccountError};
pub use delete::{DeleteHeader, DeleteKeyError};
pub use facade::ApiKeys;
pub use issue::{IssueError, IssueHeader};
pub use model::{ApiKey, Holder, KeyKind, KeyState, PresentedKey, ServiceAccount, SignedKey};
pub use ports::*;
pub use service_accounts::{KeyOwner, ServiceAccounts, ServicePorts};
pub use signed::{AmendSigned, DeleteSigned, IssueSigned, SignedKeyError};
