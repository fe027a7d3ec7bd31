//! API keys and who holds them.

use portcullis_kernel::{
    AccountId, AccountState, ApiKeyId, CompanyId, Email, Role, Secret, ServiceAccountId, Timestamp, Token,
    Uid, Username,
};

/// Who a key speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person's account.
    Account(AccountId),
    /// A service account.
    ServiceAccount(ServiceAccountId),
}

/// How a key is presented.
#[derive(Clone)]
pub enum KeyKind {
    /// As a bearer token in a header (bfore contract §2.2). Stores find it by digest and keep it sealed, because its
    /// owner may list it.
    Header {
        /// The token.
        token: Token,
    },
    /// By an HMAC-SHA-256 signature over a nonce (barong contract §5.7).
    Signed {
        /// The public handle.
        kid: String,
        /// The signing secret, sealed at rest.
        secret: Secret,
    },
}

/// Whether a key is honoured, in the word of who said so: only `active` means yes (barong contract §8.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyState(String);

impl KeyState {
    /// The longest word, in Unicode code points.
    pub const MAX_CHARS: usize = 64;

    /// Honoured.
    #[must_use]
    pub fn active() -> Self {
        Self("active".to_owned())
    }

    /// Switched off.
    #[must_use]
    pub fn inactive() -> Self {
        Self("inactive".to_owned())
    }

    /// Wraps a word.
    #[must_use]
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is honoured.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.0 == "active"
    }

    /// Whether it is a word that can be kept: no control characters, neither empty nor too long.
    #[must_use]
    pub fn is_word(&self) -> bool {
        (1..=Self::MAX_CHARS).contains(&self.0.chars().count()) && !self.0.contains(char::is_control)
    }
}

/// An API key.
#[derive(Clone)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The company of its holder.
    pub company: CompanyId,
    /// Whose it is.
    pub holder: Holder,
    /// How it is presented.
    pub kind: KeyKind,
    /// What its owner calls it; not unique.
    pub name: String,
    /// What it is meant for, as its owner wrote it.
    pub scopes: Vec<String>,
    /// Whether it is honoured.
    pub state: KeyState,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When its scopes or state last changed.
    pub updated_at: Timestamp,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
}

/// What a look-up by token finds: enough to decide, in one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedKey {
    /// The key.
    pub id: ApiKeyId,
    /// The company of its holder.
    pub company: CompanyId,
    /// The account it speaks for: the holder, or the owner of the holding service account.
    pub account: AccountId,
    /// That account's state.
    pub state: AccountState,
    /// That account's username.
    pub username: Option<Username>,
    /// What the owner calls the key.
    pub name: String,
    /// Whether the key is honoured.
    pub active: bool,
}

/// An account without a person: a program that acts for its owner by signed keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its id.
    pub id: ServiceAccountId,
    /// Its short public handle.
    pub uid: Uid,
    /// Its company.
    pub company: CompanyId,
    /// Whose it is.
    pub owner: AccountId,
    /// Its e-mail address: a name, nothing is sent there.
    pub email: Option<Email>,
    /// Its role.
    pub role: Role,
    /// Where it stands; it follows its owner.
    pub state: AccountState,
    /// Its level, which is always its owner's.
    pub level: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a look-up by handle finds: enough to judge a signature and to say who it speaks for, in one read.
#[derive(Clone)]
pub struct SignedKey {
    /// The key.
    pub id: ApiKeyId,
    /// Its handle.
    pub kid: String,
    /// What it signs with.
    pub secret: Secret,
    /// Whether it is honoured.
    pub state: KeyState,
    /// Whose it is.
    pub holder: Holder,
    /// The company of its holder.
    pub company: CompanyId,
    /// The account it speaks for: the holder, or the owner of the holding service account.
    pub account: AccountId,
    /// The holder's handle.
    pub uid: Uid,
    /// The holder's e-mail address.
    pub email: Option<Email>,
    /// The account's username; service accounts have none.
    pub username: Option<Username>,
    /// The holder's role.
    pub role: Role,
    /// The account's level.
    pub level: u32,
    /// The holder's state.
    pub holder_state: AccountState,
    /// Whether the account has a second factor.
    pub has_factor: bool,
    /// The handle of the account that brought it; service accounts have none.
    pub referrer: Option<Uid>,
}
