//! What travels: envelopes, request fields and answers (contract §1, §2, §5, §7). One file per domain, and what they
//! share.

mod companies;
mod envelope;
mod field_errors;
mod form;
mod mfa;
mod objections;
mod owners;
mod page;
mod registration;
mod registration_fields;
mod sessions;
mod tokens;
mod user;

pub use companies::{CompanyAnswer, CompanyObject};
pub use envelope::{Answer, Done, created, done, success};
pub use field_errors::FieldErrors;
pub use form::{Form, MAX_PASSWORD};
pub use mfa::{
    AuthenticatorAnswer, AuthenticatorObject, AuthenticatorPage, ChallengeObject, CreateAuthenticator,
    DeliverRequest, Label, VerifyRequest, factor_filter,
};
pub use objections::field_errors;
pub use owners::{
    ChangeRequest, ConfirmRequest, EmailRequest, KeyRequest, LeaveRequest, MobileRequest, OtpRequest,
    ResetRequest,
};
pub use page::Paging;
pub use registration::{Applicant, RegisterCompanyRequest, RegisterRequest};
pub use registration_fields::{RegisterCompanyFields, RegisterFields};
pub use sessions::{
    AuthMethod, LoginRequest, LogoutRequest, RefreshAnswer, RefreshObject, RefreshRequest, SessionAnswer,
    SessionObject, SessionUser,
};
pub use tokens::{
    LabelRequest, TokenAnswer, TokenObject, TokenQuery, TokenRequest, TokensAnswer, token_filter,
};
pub use user::{User, UserAnswer};

use super::refusal::{Names, Refusal};
use crate::failure::Failure;

/// What kept a body from being read; no field is to blame.
pub fn no_body_refusal(failure: Failure) -> Refusal {
    Refusal::of(failure, Names::NONE)
}
