//! Forgotten and forced password changes, by code, token or challenge.

mod complete_by_code;
mod complete_by_token;
mod complete_challenge;
mod eligibility;
mod facade;
mod finish;
mod letters;
mod ports;
mod request_code;
mod request_token;

pub use complete_by_code::{CompleteByCode, CompleteByCodeError};
pub use complete_by_token::{CompleteByToken, CompleteByTokenError};
pub use complete_challenge::{CompleteChallenge, CompleteChallengeError, FACTOR_CHECKED, ForcedReset};
pub use eligibility::{Ineligible, ResetLookup};
pub use facade::{PasswordResets, ResetRules};
#[cfg(any(test, feature = "mock"))]
pub use ports::MockResetStore;
pub use ports::{CompleteReset, Completion, IssueReset, RejectReset, ResetStore, ResetSubject};
pub use request_code::{RequestCode, RequestResetError, Requested};
pub use request_token::RequestToken;
