//! What phones, KYC profiles and stored data need from outside.

use async_trait::async_trait;
use portcullis_kernel::{AccountId, CompanyId, Effects, Mobile, OneTime, PortResult, Throttle, Timestamp};

use crate::{Dossier, KycProfile, Phone, StoredData};

/// Keeps what the barong door knows about accounts beside their rows. The codes that prove phones are kept by
/// [`crate::ContactStore`], whose `confirm` validates the phone that a
/// [`VerifyPhone`](portcullis_kernel::Purpose::VerifyPhone) secret names.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait DossierStore: Send + Sync {
    /// Everything there is about an account, each kind oldest first.
    async fn find(&self, account: AccountId) -> PortResult<Dossier>;

    /// Keeps data under a title. Must answer `false` and write nothing if the account has the title, in whatever case.
    async fn keep_data(&self, write: KeepData) -> PortResult<bool>;

    /// Opens a KYC profile. Must answer `false` and write nothing if the account has one that is drafted or submitted.
    async fn open_profile(&self, write: WriteKycProfile) -> PortResult<bool>;

    /// Replaces the fields and state of a KYC profile. Must answer `false` and write nothing unless it is drafted and
    /// last changed when `seen` says.
    async fn revise_profile(&self, write: ReviseKycProfile) -> PortResult<bool>;

    /// Whether an account of the company has the number validated.
    async fn has_phone(&self, company: CompanyId, number: Mobile) -> PortResult<bool>;

    /// Adds a phone and the code that proves it. Must write nothing if the account has the number already, or if a
    /// budget is exhausted.
    async fn add_phone(&self, write: AddPhone) -> PortResult<PhoneAdded>;

    /// The newest code that was sent to prove a phone of the account, used or not.
    async fn phone_code(&self, account: AccountId, number: Mobile) -> PortResult<Option<OneTime>>;
}

/// Data to keep.
#[derive(Clone, Debug)]
pub struct KeepData {
    /// The data.
    pub stored: StoredData,
    /// What else to write.
    pub effects: Effects,
}

/// A KYC profile to open.
#[derive(Clone, Debug)]
pub struct WriteKycProfile {
    /// The profile.
    pub profile: KycProfile,
    /// What else to write.
    pub effects: Effects,
}

/// A changed KYC profile.
#[derive(Clone, Debug)]
pub struct ReviseKycProfile {
    /// The profile as it shall be.
    pub profile: KycProfile,
    /// When it had last changed as it was read.
    pub seen: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A phone to add.
#[derive(Clone)]
pub struct AddPhone {
    /// The phone.
    pub phone: Phone,
    /// The code that proves it; its `target` is the number, its message is among the effects.
    pub code: OneTime,
    /// How often codes may be sent.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// Whether a phone was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneAdded {
    /// It was.
    Done,
    /// The account has the number already; nothing was written.
    Exists,
    /// Too many codes were sent; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: std::time::Duration,
    },
}
