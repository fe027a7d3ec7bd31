//! API keys and who holds them.

use portcullis_kernel::{
    AccountId, AccountState, ApiKeyId, CompanyId, Secret, ServiceAccountId, Timestamp, Token, Username,
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
    pub active: bool,
    /// When it was issued.
    pub created_at: Timestamp,
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
