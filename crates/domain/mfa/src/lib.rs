//! Second factors: enrol, verify, challenge, remove.

mod model;
mod ports;

pub use model::{Authenticator, Factor, FactorKind, OtpAlgorithm, RecoveryCode, Totp};
pub use ports::{
    AcceptProof, Acceptance, AuthenticatorStore, Enrol, IssueCode, OtpEngine, Proof, RejectProof,
    RemoveAuthenticator,
};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockAuthenticatorStore, MockOtpEngine};
