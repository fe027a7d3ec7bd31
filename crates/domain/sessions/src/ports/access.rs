//! The rows of access rules, and what the gate asks its neighbours.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{
    ApiKeyId, CompanyId, Door, Effects, PermissionId, PortResult, RestrictionId, Timestamp, TokenDigest,
};

use crate::{Identity, Permission, Restriction, Whereabouts};

/// Keeps restrictions and permissions.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccessStore: Send + Sync {
    /// Every restriction and permission of a company, each oldest first, then by id.
    async fn rules(&self, company: CompanyId) -> PortResult<(Vec<Restriction>, Vec<Permission>)>;

    /// Puts up a restriction, and ends the sessions that it says. Must answer `false` and write nothing if the company
    /// has one of that category, scope and value.
    async fn restrict(&self, write: AddRestriction) -> PortResult<bool>;

    /// Lifts a restriction. Must answer `false` and write nothing if the company has no such one.
    async fn lift(&self, write: LiftRestriction) -> PortResult<bool>;

    /// Adds a permission. Must answer `false` and write nothing if the company has one of that role, verb, path and
    /// action.
    async fn permit(&self, write: AddPermission) -> PortResult<bool>;

    /// Withdraws a permission. Must answer `false` and write nothing if the company has no such one.
    async fn withdraw(&self, write: WithdrawPermission) -> PortResult<bool>;

    /// Adds the permissions that a company starts with. Must answer `false` and write nothing if the company was given
    /// its first ones before, whatever became of them.
    async fn stock(&self, write: StockPermissions) -> PortResult<bool>;

    /// Writes effects and nothing else.
    async fn note(&self, effects: Effects) -> PortResult<()>;
}

/// Keeps the links that whitelist the addresses of their visitors.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait WhitelinkStore: Send + Sync {
    /// Keeps a link, and forgets those of the company whose time is over when this one is made.
    async fn keep(&self, write: KeepWhitelink) -> PortResult<()>;

    /// Finds a link by the digest of its token, whatever its time.
    async fn find(&self, digest: TokenDigest) -> PortResult<Option<Whitelink>>;
}

/// Lets sessions live longer.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionExtender: Send + Sync {
    /// Moves the ends of sessions, named by the digests of their credentials, to these instants. Must never move one
    /// backwards, give an end to a session without one, or touch one that was ended; unknown digests are passed over.
    async fn extend(&self, ends: Vec<(TokenDigest, Timestamp)>) -> PortResult<()>;
}

/// Recognises signed API keys.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SignedKeyDirectory: Send + Sync {
    /// Whose key signed, or why the signature is not honoured.
    async fn verify(&self, proof: SignatureProof) -> PortResult<KeyVerdict>;

    /// Whom the key with that id and handle speaks for; `None` unless it would be honoured with a right signature.
    async fn holder(&self, key: ApiKeyId, kid: String) -> PortResult<Option<Identity>>;
}

/// Knows where addresses are.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Geography: Send + Sync {
    /// Where an address is, if it is known.
    fn locate(&self, address: IpAddr) -> Option<Whereabouts>;
}

/// What a client signed (barong contract §5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureProof {
    /// Whose keys are honoured.
    pub company: CompanyId,
    /// The handle of the key.
    pub kid: String,
    /// The nonce: the time in milliseconds.
    pub nonce: String,
    /// The signature.
    pub signature: String,
    /// How far the nonce may be from the present.
    pub window: Duration,
    /// Whether a nonce is good once only.
    pub once: bool,
    /// When it was presented.
    pub at: Timestamp,
}

/// Whether a signature is honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyVerdict {
    /// It is.
    Good(Box<Identity>),
    /// It is not.
    Refused(KeyRefusal),
}

/// Why a signature is not honoured, in the order in which it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// There is no such key.
    #[error("no such key")]
    Unknown,
    /// The nonce is no positive whole number.
    #[error("the nonce is no time")]
    NonceMalformed,
    /// The nonce is too far from the present, or was used before.
    #[error("the nonce is over")]
    NonceExpired,
    /// The signature is wrong.
    #[error("wrong signature")]
    WrongSignature,
    /// The key is switched off.
    #[error("the key is switched off")]
    Inactive,
    /// The state of its holder keeps it out.
    #[error("the holder is kept out")]
    HolderNotAdmitted,
    /// Its holder is a person without a second factor.
    #[error("the holder has no second factor")]
    NoSecondFactor,
}

/// A link that whitelists the addresses of its visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whitelink {
    /// The digest of its token.
    pub digest: TokenDigest,
    /// Whose door it opens.
    pub company: CompanyId,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is good for nothing.
    pub expires_at: Timestamp,
}

/// A restriction to put up.
#[derive(Clone, Debug)]
pub struct AddRestriction {
    /// The restriction.
    pub restriction: Restriction,
    /// End all sessions of the company that were opened at this door.
    pub ends_sessions_of: Option<Door>,
    /// What else to write.
    pub effects: Effects,
}

/// A restriction to lift.
#[derive(Clone, Debug)]
pub struct LiftRestriction {
    /// Whose.
    pub company: CompanyId,
    /// Which.
    pub restriction: RestrictionId,
    /// What else to write.
    pub effects: Effects,
}

/// A permission to add.
#[derive(Clone, Debug)]
pub struct AddPermission {
    /// The permission.
    pub permission: Permission,
    /// What else to write.
    pub effects: Effects,
}

/// A permission to withdraw.
#[derive(Clone, Debug)]
pub struct WithdrawPermission {
    /// Whose.
    pub company: CompanyId,
    /// Which.
    pub permission: PermissionId,
    /// What else to write.
    pub effects: Effects,
}

/// The permissions that a company starts with.
#[derive(Clone, Debug)]
pub struct StockPermissions {
    /// Whose.
    pub company: CompanyId,
    /// The permissions.
    pub permissions: Vec<Permission>,
    /// When.
    pub at: Timestamp,
}

/// A link to keep.
#[derive(Clone, Debug)]
pub struct KeepWhitelink {
    /// The link.
    pub link: Whitelink,
    /// What else to write.
    pub effects: Effects,
}
