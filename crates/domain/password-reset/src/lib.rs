//! Forgotten and forced password changes, by code, token or challenge.
//!
//! Three ways lead to a new password for somebody who does not have the old one, or must not keep it: a short code
//! by mail, a link with a token by mail, and the challenge at which a sign-in halted. Each ends in one write-set
//! that sets the password, uses the secret up, voids the account's other ones and ends its sessions. Codes are
//! short, so every guess spends from budgets inside the write-set that refuses it.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use portcullis_conformance::{PlainHasher, World, build};
//! use portcullis_kernel::Client;
//! use portcullis_password_reset::{
//!     Ineligible, PasswordResets, RequestCode, Requested, ResetLookup, ResetRules,
//! };
//! use portcullis_store_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(MemoryStore::new());
//! let hasher = Arc::new(PlainHasher::new());
//! let resets = PasswordResets::new(world.resets.clone(), hasher, world.ambient(), ResetRules::default());
//!
//! let request = RequestCode {
//!     company: build::company().id,
//!     typed: "nobody@example.com".to_owned(),
//!     lookup: ResetLookup::Any,
//!     lifetime: Duration::from_secs(3_600),
//!     client: Client::operator(),
//! };
//! // The embedder decides whether a caller may learn this; Portcullis does not tell by default.
//! assert_eq!(resets.request_code(request).await?, Requested::NobodyEligible(Ineligible::UnknownEmail));
//! # Ok(())
//! # }
//! ```

mod complete_by_code;
mod complete_by_token;
mod complete_challenge;
mod eligibility;
mod facade;
mod finish;
mod letters;
mod ports;
#[cfg(test)]
mod protocol;
mod request_code;
mod request_token;

pub use complete_by_code::{CompleteByCode, CompleteByCodeError};
pub use complete_by_token::{CompleteByToken, CompleteByTokenError};
pub use complete_challenge::{CompleteChallenge, CompleteChallengeError, ForcedReset};
pub use eligibility::{Ineligible, ResetLookup};
pub use facade::{PasswordResets, ResetRules};
#[cfg(any(test, feature = "mock"))]
pub use ports::MockResetStore;
pub use ports::{CompleteReset, Completion, IssueReset, RejectReset, ResetStore, ResetSubject};
pub use request_code::{RequestCode, RequestResetError, Requested};
pub use request_token::{CarriedToken, RequestToken};
