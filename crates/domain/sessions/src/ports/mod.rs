//! What sessions need from outside.

mod access;
mod factor;
mod jwt;
mod session_store;
mod sign_in_store;

pub use access::{
    AccessStore, AddPermission, AddRestriction, Geography, KeepWhitelink, KeyRefusal, KeyVerdict,
    LiftRestriction, SessionExtender, SignatureProof, SignedKeyDirectory, StockPermissions, Whitelink,
    WhitelinkStore, WithdrawPermission,
};
#[cfg(any(test, feature = "mock"))]
pub use access::{
    MockAccessStore, MockGeography, MockSessionExtender, MockSignedKeyDirectory, MockWhitelinkStore,
};
pub use factor::{FactorCheck, FactorDemand, FactorOrder, KeyDirectory, KeyHolder, SecondFactor, Sending};
#[cfg(any(test, feature = "mock"))]
pub use factor::{MockKeyDirectory, MockSecondFactor};
pub use jwt::{
    AddSigningKey, JwtExpectation, JwtFault, SigningKeyStore, SigningOrder, TokenSigner, TokenVerifier,
};
#[cfg(any(test, feature = "mock"))]
pub use jwt::{MockSigningKeyStore, MockTokenSigner, MockTokenVerifier};
#[cfg(any(test, feature = "mock"))]
pub use session_store::MockSessionStore;
pub use session_store::{
    DeriveSession, DeriveWrite, EndSessions, EndTarget, LabelSession, RefreshSession, RefreshWrite,
    Refreshable, SessionKey, SessionStore,
};
#[cfg(any(test, feature = "mock"))]
pub use sign_in_store::MockSignInStore;
pub use sign_in_store::{
    Candidate, CandidateQuery, Demands, HaltSignIn, OpenSession, OpenWrite, PendingSignIn, RefuseSignIn,
    SignInStore,
};
