//! Sign in, authenticate, refresh, list and revoke sessions.
//!
//! [`Sessions`] is the way in: one method per use case, each of which reads what it needs, does the slow work, decides
//! without any port in sight, and hands one write-set to one port. What a door's contract leaves to the door (which
//! identifiers, which kind of credential, whether it can ask back) comes in as [`DoorRules`].
//!
//! Everything outside is a port. Here the stores are in memory, and there are neither second factors nor API keys:
//!
//! ```
//! # use std::sync::Arc;
//! # use async_trait::async_trait;
//! # use portcullis_conformance::{PlainHasher, World};
//! # use portcullis_kernel::*;
//! # use portcullis_sessions::*;
//! # use portcullis_store_memory::MemoryStore;
//! # struct Nothing;
//! # #[async_trait]
//! # impl SecondFactor for Nothing {
//! #     async fn is_enrolled(&self, _: AccountId) -> PortResult<bool> { Ok(false) }
//! #     async fn check(&self, _: CompanyId, _: AccountId, _: String, _: Client) -> PortResult<FactorCheck> {
//! #         Ok(FactorCheck::Wrong)
//! #     }
//! #     async fn demand(&self, _: FactorOrder) -> PortResult<FactorDemand> { Ok(FactorDemand::default()) }
//! #     async fn challenges(&self, _: SessionId) -> PortResult<Vec<SessionChallenge>> { Ok(Vec::new()) }
//! # }
//! # #[async_trait]
//! # impl KeyDirectory for Nothing {
//! #     async fn present(&self, _: TokenDigest, _: Timestamp) -> PortResult<Option<KeyHolder>> { Ok(None) }
//! # }
//! # #[async_trait]
//! # impl TokenSigner for Nothing {
//! #     async fn sign(&self, _: SigningOrder) -> PortResult<String> { Ok(String::new()) }
//! # }
//! # #[async_trait]
//! # impl TokenVerifier for Nothing {
//! #     async fn verify(&self, _: String, _: JwtExpectation, _: Timestamp) -> PortResult<Option<Claims>> { Ok(None) }
//! #     async fn examine(&self, _: String, _: KeySlot, _: Timestamp) -> PortResult<Result<Claims, JwtFault>> {
//! #         Ok(Err(JwtFault::Segments))
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(MemoryStore::new());
//! let ada = world.new_account().await; // her password is `correct horse`
//! let sessions = Sessions::new(
//!     SessionPorts {
//!         sign_in: world.sign_in.clone(),
//!         sessions: world.sessions.clone(),
//!         hasher: Arc::new(PlainHasher::new()),
//!         factors: Arc::new(Nothing),
//!         keys: Arc::new(Nothing),
//!         signer: Arc::new(Nothing),
//!         verifier: Arc::new(Nothing),
//!         ambient: world.ambient(),
//!     },
//!     SessionRules::default(),
//! );
//! let plan = SessionPlan { kind: SessionKind::Opaque, lifetime: None, refresh_lifetime: None, challenges: None };
//! let attempt = SignIn {
//!     company: ada.company,
//!     typed: ada.id.to_string(),
//!     password: Password::parse("correct horse")?,
//!     second_factor: None,
//!     client: Client::operator(),
//!     rules: DoorRules {
//!         lookup: LookupRule::Any,
//!         admit_pending: false,
//!         state_first: false,
//!         challenge_lifetime: None,
//!         session: plan,
//!     },
//! };
//! let SignInOutcome::Opened(opened) = sessions.sign_in(attempt).await? else { panic!("halted") };
//!
//! let credential = Credential::Opaque(opened.credential.expect("an opaque session has a token"));
//! let caller = sessions.authenticate(Authenticate { credential, admit_pending: false }).await?;
//! assert_eq!(caller.account, ada.id);
//! # Ok(())
//! # }
//! ```

mod access;
mod answer_factor;
mod authenticate;
mod charge;
mod completion;
mod decision;
mod draft;
mod end;
#[cfg(test)]
mod examples;
mod facade;
mod list;
mod model;
mod open_for;
mod outcome;
mod ports;
#[cfg(test)]
mod protocol;
mod refresh;
mod renew;
mod revoke_refresh;
mod rotation;
mod sign;
mod sign_in;

pub use access::*;
pub use answer_factor::{AnswerFactor, AnswerFactorError};
pub use authenticate::{Authenticate, AuthenticateError, Caller, ChallengedCaller, Credential, Via};
pub use charge::ChargeError;
pub use end::{EndAll, EndMatching, EndSession, SignOut};
pub use facade::{SessionPorts, SessionRules, Sessions};
pub use model::{
    Algorithm, ChallengePlan, ClaimValue, Claims, DoorRules, KeySlot, LookupRule, PasswordState,
    RefreshToken, Session, SessionFilter, SessionKind, SessionPlan, SigningKey, Subject,
};
pub use open_for::{OpenFor, OpenForError};
pub use outcome::{Challenge, Opened, SignInOutcome};
pub use ports::*;
pub use refresh::{Refresh, RefreshError, RefreshPolicy, Refreshed};
pub use renew::{Renew, RenewError};
pub use revoke_refresh::{RevokeRefresh, RevokeRefreshError};
pub use sign_in::{SignIn, SignInError};
