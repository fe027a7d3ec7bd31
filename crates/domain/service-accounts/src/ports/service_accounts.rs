//! The rows of service accounts.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, CompanyId, Effects, Page, PageRequest, PortResult, ServiceAccountId, Timestamp,
    Uid,
};

use crate::ServiceAccount;

/// Keeps service accounts.
///
/// A service account follows its owner, in the write-set that changes the owner: when the owner's state changes it takes
/// that state, and when the owner leaves the state `active` or has no second factor left, every active signed key of the
/// owner and of its service accounts must become inactive.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ServiceAccountStore: Send + Sync {
    /// Adds a service account, whose state is that of its owner whatever the write-set says. Must write nothing if its
    /// owner is gone, its handle taken, or no permission of its company is for its role.
    async fn create(&self, write: CreateServiceAccount) -> PortResult<ServiceCreation>;

    /// Finds a service account by its handle.
    async fn find(&self, company: CompanyId, uid: Uid) -> PortResult<Option<ServiceAccount>>;

    /// The service accounts of an owner, oldest first.
    async fn of_owner(&self, owner: AccountId) -> PortResult<Vec<ServiceAccount>>;

    /// The service accounts of a company, oldest first.
    async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<ServiceAccount>>;

    /// Changes the state of a service account; `false` if it is gone. Out of `active`, its signed keys must become
    /// inactive.
    async fn set_state(&self, write: SetServiceState) -> PortResult<bool>;
}

/// A service account to add.
#[derive(Clone, Debug)]
pub struct CreateServiceAccount {
    /// The service account.
    pub service: ServiceAccount,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a service account was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceCreation {
    /// It was.
    Done,
    /// Its handle is taken; another random one will do. Nothing was written.
    UidTaken,
    /// There is no such owner; nothing was written.
    NoOwner,
    /// There is no such role; nothing was written.
    NoRole,
}

/// A new state for a service account.
#[derive(Clone, Debug)]
pub struct SetServiceState {
    /// Which.
    pub service: ServiceAccountId,
    /// Where it stands from now on.
    pub state: AccountState,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}
