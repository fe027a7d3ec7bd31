//! What travels: envelopes, request fields and answers (contract §1, §2, §5, §7). One file per domain, and what they
//! share.

mod envelope;
mod field_errors;
mod form;
mod mfa;
mod page;
mod sessions;
mod user;

pub use envelope::{Answer, Done, created, done, success};
pub use field_errors::FieldErrors;
pub use form::{Form, MAX_PASSWORD};
pub use mfa::{
    AuthenticatorAnswer, AuthenticatorObject, AuthenticatorPage, ChallengeObject, CreateAuthenticator,
    DeliverRequest, Label, VerifyRequest, factor_filter,
};
pub use page::{PageAnswer, Paging};
pub use sessions::{AuthMethod, LoginRequest, SessionAnswer, SessionObject, SessionUser, password};
pub use user::{User, UserAnswer};
