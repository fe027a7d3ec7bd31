//! The account behind a session, as far as sessions and their tokens care.

use std::collections::BTreeMap;

use portcullis_kernel::{
    AccountId, AccountState, CompanyId, CompanySlug, Email, Mobile, PasswordHash, Role, Timestamp, Uid,
    Username,
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
    /// Its mobile number.
    pub mobile: Option<Mobile>,
    /// Whether that is verified.
    pub mobile_verified: bool,
    /// What its owner says about themself, by the name of the field.
    pub profile: BTreeMap<String, String>,
    /// Whether it founded its company.
    pub owner: bool,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// Its role.
    pub role: Role,
    /// How far it is verified: how many leading rows of the barong contract's levels (§6) its private labels show.
    pub level: u32,
    /// The handle of the account that brought it.
    pub referrer: Option<Uid>,
    /// Where it stands.
    pub state: AccountState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// From when on its password must be replaced.
    pub password_expires_at: Option<Timestamp>,
}

impl Subject {
    /// A field of the profile, or empty.
    #[must_use]
    pub fn says(&self, field: &str) -> &str {
        self.profile.get(field).map_or("", String::as_str)
    }
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
