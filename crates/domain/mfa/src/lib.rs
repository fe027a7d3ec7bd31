//! Second factors: enrol, verify, check, remove.
//!
//! [`SecondFactors`] is the way in. An authenticator counts for nothing until a code of it proved that its owner has
//! it. A code is good once: the store spends it in the write-set that accepts it, so of two uses at once one passes.
//! Wrong codes count against one budget per account, inside the same write-set.
//!
//! ```
//! # use std::sync::Arc;
//! # use portcullis_kernel::{Client, CompanySlug};
//! # use portcullis_mfa::*;
//! use portcullis_conformance::World;
//! use portcullis_otp_totp::TotpEngine;
//! use portcullis_store_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(MemoryStore::new());
//! let ada = world.new_account().await;
//! let (company, account, client) = (ada.company, ada.id, Client::operator());
//! let company_slug = CompanySlug::parse("acme")?;
//! let rules = FactorRules::default();
//! let ports = FactorPorts {
//!     authenticators: world.authenticators.clone(),
//!     challenges: world.challenges.clone(),
//!     engine: Arc::new(TotpEngine),
//!     ambient: world.ambient(),
//! };
//! let factors = SecondFactors::new(ports, rules);
//!
//! let enrolment = factors
//!     .enrol(EnrolFactor {
//!         company,
//!         company_slug: company_slug.clone(),
//!         company_name: "Acme".to_owned(),
//!         account,
//!         account_label: "ada@example.com".to_owned(),
//!         kind: NewFactor::Static,
//!         name: None,
//!         client: client.clone(),
//!     })
//!     .await?;
//! let Factor::Static { codes } = enrolment.authenticator.factor else { panic!("not recovery codes") };
//! let mut codes = codes.iter().map(|entry| entry.code.reveal().to_owned());
//!
//! let (authenticator, code) = (enrolment.authenticator.id, codes.next().expect("ten codes"));
//! factors
//!     .verify_enrolment(VerifyFactor {
//!         company,
//!         company_slug,
//!         account,
//!         email: None,
//!         authenticator,
//!         code,
//!         client: client.clone(),
//!     })
//!     .await?;
//! let check = CheckFactor { company, account, code: codes.next().expect("ten codes"), client };
//! assert_eq!(factors.check(check.clone()).await?, FactorVerdict::Accepted);
//! assert_eq!(factors.check(check).await?, FactorVerdict::AlreadyUsed);
//! # Ok(())
//! # }
//! ```

mod adopt;
mod aim;
mod authorize;
mod check;
mod deliver;
mod demand;
mod enrol;
mod facade;
mod guess;
mod letters;
mod list;
mod model;
mod ports;
mod present;
mod proof;
mod prove;
mod recovery;
mod remove;
mod sending;
mod switch;
mod verify_enrolment;

pub use adopt::AdoptTotp;
pub use aim::Aim;
pub use authorize::{AuthorizeError, AuthorizeRequest};
pub use check::{CheckFactor, FactorVerdict};
pub use deliver::{DeliverCode, DeliverError};
pub use demand::{DemandFactors, FactorDemands};
pub use enrol::{EnrolError, EnrolFactor, Enrolment, NewFactor};
pub use facade::{FactorPorts, FactorRules, SecondFactors};
pub use list::FactorFilter;
pub use model::{Authenticator, Factor, OtpAlgorithm, RecoveryCode, Totp};
pub use portcullis_kernel::FactorKind;
pub use ports::{
    AcceptProof, Acceptance, AuthenticatorStore, ChallengeStore, Enrol, IssueCode, OtpEngine, Proof,
    PutChallenge, RedeemChallenge, RejectProof, RemoveAuthenticator,
};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockAuthenticatorStore, MockChallengeStore, MockOtpEngine};
pub use present::{PresentFactor, PresentFactorError};
pub use prove::ProveError;
pub use remove::{RemoveFactor, RemoveFactorError};
pub use sending::CodeToSend;
pub use switch::{PrepareApp, PreparedApp, SwitchFactor, SwitchOnError};
pub use verify_enrolment::{VerifyFactor, VerifyFactorError};
