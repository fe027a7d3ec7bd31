//! Accounts.

use portcullis_kernel::{
    AccountId, AccountState, CompanyId, Email, Identifier, Label, Mobile, PasswordHash, Role, Timestamp, Uid,
    Username,
};

use super::Profile;

/// A way to reach the owner of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact<T> {
    /// The address or number.
    pub value: T,
    /// When its owner proved control of it.
    pub verified_at: Option<Timestamp>,
}

/// A password as kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordRecord {
    /// The hash.
    pub hash: PasswordHash,
    /// When it was set.
    pub changed_at: Timestamp,
    /// From when on it must be replaced before it opens anything; never, if absent.
    pub expires_at: Option<Timestamp>,
    /// Set by an operator for the first sign-in only; worthless from this instant on.
    pub temporary_until: Option<Timestamp>,
}

/// How far an account is on its way out (rehive contract §7.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// Nobody asked for its deletion.
    Retaining,
    /// Its owner did; erasing it is an operator's act.
    DeleteRequested,
    /// An operator deleted it.
    Deleted,
}

impl Retention {
    /// The word that commands use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retaining => "retaining",
            Self::DeleteRequested => "delete_requested",
            Self::Deleted => "deleted",
        }
    }
}

/// One account of one company.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its short public handle.
    pub uid: Uid,
    /// Its company; identifiers are unique inside it.
    pub company: CompanyId,
    /// Its username.
    pub username: Option<Username>,
    /// Its e-mail address.
    pub email: Option<Contact<Email>>,
    /// Its mobile number.
    pub mobile: Option<Contact<Mobile>>,
    /// Its password, if it has one.
    pub password: Option<PasswordRecord>,
    /// Where it stands.
    pub state: AccountState,
    /// When its owner asked for its deletion.
    pub delete_requested_at: Option<Timestamp>,
    /// Its role.
    pub role: Role,
    /// Whether it founded its company.
    pub owner: bool,
    /// Names of the groups it is in.
    pub groups: Vec<String>,
    /// Facts about it.
    pub labels: Vec<Label>,
    /// What its owner says about themself.
    pub profile: Profile,
    /// The handle of the account that brought it along (barong contract §7.1).
    pub referral: Option<Uid>,
    /// What its owner keeps with it: JSON as text, 1024 characters at most (barong contract §7.1).
    pub data: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; a change made on an older version is refused.
    pub version: u64,
}

impl Account {
    /// The texts a password must not repeat.
    #[must_use]
    pub fn own_identifiers(&self) -> Vec<&str> {
        [
            self.username.as_ref().map(Username::as_str),
            self.email.as_ref().map(|contact| contact.value.as_str()),
            self.mobile.as_ref().map(|contact| contact.value.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The level that its private labels add up to: 0 to 3 (barong contract §6).
    #[must_use]
    pub fn level(&self) -> u8 {
        Label::level(&self.labels)
    }

    /// How far the account is on its way out.
    #[must_use]
    pub fn retention(&self) -> Retention {
        match (self.state, self.delete_requested_at) {
            (AccountState::Deleted, _) => Retention::Deleted,
            (_, Some(_)) => Retention::DeleteRequested,
            (_, None) => Retention::Retaining,
        }
    }

    /// Whether `identifier` names this account.
    #[must_use]
    pub fn answers_to(&self, identifier: &Identifier) -> bool {
        match identifier {
            Identifier::Id(id) => *id == self.id,
            Identifier::Email(email) => self.email.as_ref().is_some_and(|contact| contact.value == *email),
            Identifier::Mobile(mobile) => {
                self.mobile.as_ref().is_some_and(|contact| contact.value == *mobile)
            }
            Identifier::Username(username) => self.username.as_ref() == Some(username),
        }
    }
}
