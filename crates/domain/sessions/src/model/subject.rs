//! The account behind a session, as far as sessions and their tokens care.

use portcullis_kernel::{
    AccountId, AccountState, CompanyId, CompanySlug, Email, PasswordHash, Role, Timestamp, Uid, Username,
};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The account.
    pub id: AccountId,
    /// Its handle.
    pub uid: Uid,
    /// Its company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Its username.
    pub username: Option<Username>,
    /// Its e-mail address.
    pub email: Option<Email>,
    /// Whether that is verified.
    pub email_verified: bool,
    /// Given name, or empty.
    pub first_name: String,
    /// Family name, or empty.
    pub last_name: String,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// Its role.
    pub role: Role,
    /// Where it stands.
    pub state: AccountState,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on its password must be replaced.
    pub password_expires_at: Option<Timestamp>,
}

/// The password of an account at sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordState {
    /// The hash.
    pub hash: PasswordHash,
    /// Set by an operator for the first sign-in only; worthless from this instant on.
    pub temporary_until: Option<Timestamp>,
    /// From when on it must be replaced before it opens anything.
    pub expires_at: Option<Timestamp>,
}
