//! Second factors: enrol, verify, challenge, remove.

mod check;
mod deliver;
mod enrol;
mod facade;
mod guess;
mod letters;
mod list;
mod model;
mod ports;
mod proof;
mod recovery;
mod remove;
mod sending;
mod verify_enrolment;

pub use check::{CheckFactor, FactorVerdict};
pub use deliver::{DeliverCode, DeliverError};
pub use enrol::{EnrolError, EnrolFactor, Enrolment, NewFactor};
pub use facade::{FactorRules, SecondFactors};
pub use model::{Authenticator, Factor, FactorKind, OtpAlgorithm, RecoveryCode, Totp};
pub use ports::{
    AcceptProof, Acceptance, AuthenticatorStore, Enrol, IssueCode, OtpEngine, Proof, RejectProof,
    RemoveAuthenticator,
};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockAuthenticatorStore, MockOtpEngine};
pub use remove::{RemoveFactor, RemoveFactorError};
pub use verify_enrolment::{VerifyFactor, VerifyFactorError};
