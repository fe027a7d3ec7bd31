//! What accounts need from outside.

mod dossier;

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, AuditAction, AuditEvent, CompanyId, CompanySlug, Effects, Email, Identifier,
    OneTime, OneTimeId, Outcome, Page, PageRequest, PasswordHash, PortResult, Purpose, SessionSweep,
    Spending, Throttle, Timestamp, TokenDigest, Uid,
};

#[cfg(any(test, feature = "mock"))]
pub use dossier::MockDossierStore;
pub use dossier::{AddPhone, DossierStore, KeepData, PhoneAdded, ReviseKycProfile, WriteKycProfile};

use crate::{AcceptedTerm, Account, Company, Group, LegalTerm, PasswordRecord};

/// Keeps companies and their groups.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait CompanyStore: Send + Sync {
    /// Finds a company by the text clients use.
    async fn find(&self, slug: CompanySlug) -> PortResult<Option<Company>>;

    /// Finds a company by its id.
    async fn find_by_id(&self, id: CompanyId) -> PortResult<Option<Company>>;

    /// Every company, oldest first.
    async fn list(&self, page: PageRequest) -> PortResult<Page<Company>>;

    /// Adds a company with its first groups and, if there is one, its founder: all of it or nothing. What the founder
    /// has that is taken must be reported like a taken slug.
    async fn create(&self, write: CreateCompany) -> PortResult<Creation>;

    /// Replaces the name and settings of a company; `false` if it is gone.
    async fn configure(&self, write: ConfigureCompany) -> PortResult<bool>;

    /// The groups of a company, oldest first.
    async fn groups(&self, company: CompanyId) -> PortResult<Vec<Group>>;

    /// Adds a group. If it is the default one, the former default must cease to be.
    async fn add_group(&self, write: AddGroup) -> PortResult<Creation>;
}

/// Keeps accounts.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Finds the first account of a company that one of `identifiers` names, trying them in order.
    async fn find(&self, company: CompanyId, identifiers: Vec<Identifier>) -> PortResult<Option<Account>>;

    /// Finds an account by its handle, in any company.
    async fn find_by_uid(&self, uid: Uid) -> PortResult<Option<Account>>;

    /// The accounts of a company, oldest first.
    async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<Account>>;

    /// Adds an account, the secrets for its contacts and the legal terms it accepted. A taken e-mail, mobile, username
    /// or handle must be reported as such, and nothing written; so must the first place, if the account wants that and
    /// its company has an account. Of two that want it at once one gets it.
    async fn create(&self, write: CreateAccount) -> PortResult<Creation>;

    /// Replaces everything but the password of the account, if its version is still `account.version`; the version
    /// then rises by one.
    async fn amend(&self, write: AmendAccount) -> PortResult<Amendment>;

    /// Replaces the password. Must write nothing if `expected` is given and differs from the present hash, voids
    /// every unused reset and new-password secret of the account, and ends the sessions of the sweep.
    async fn set_password(&self, write: SetPassword) -> PortResult<PasswordChange>;

    /// Counts a wrong password, unless its budget is exhausted already: then nothing is written. Also serves other
    /// attempts that lead to nothing but a charge and an audit entry.
    async fn reject_password(
        &self,
        throttle: Throttle,
        at: Timestamp,
        effects: Effects,
    ) -> PortResult<Spending>;
}

/// Keeps the keys and codes that are sent to owners: to prove control of a contact, or to put their account to rest.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ContactStore: Send + Sync {
    /// Keeps a secret and voids earlier ones of the same account, purpose and target.
    async fn issue(&self, write: IssueContactSecret) -> PortResult<Spending>;

    /// Finds a secret by the digest of its token, used or not.
    async fn find(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<OneTime>>;

    /// The newest code of an account for a purpose, used or not.
    async fn latest(&self, account: AccountId, purpose: Purpose) -> PortResult<Option<OneTime>>;

    /// Marks the contact that the secret's target names as verified, if the account still has it, and uses the
    /// secret up. Of two calls with one secret one must be [`Confirmation::Done`].
    async fn confirm(&self, write: ConfirmContact) -> PortResult<Confirmation>;

    /// Marks the e-mail address of a pending account as verified, and keeps the spent token. Must be `false`, nothing
    /// written, if the token was kept before, the account is not pending, or it no longer has the address. Of two
    /// calls with one token one must be `true`.
    async fn confirm_account(&self, write: ConfirmAccount) -> PortResult<bool>;

    /// Counts a wrong guess of a code, unless its budget is exhausted already: then nothing is written.
    async fn reject(&self, write: RejectContact) -> PortResult<Spending>;

    /// Puts the account that the secret belongs to to rest: uses the secret up, writes the new state, ends every
    /// session and removes every API key of the account. Must be `false`, nothing written, if the secret was used,
    /// replaced or has expired, or if the account is in none of the states of `from`. Of two calls with one secret
    /// one must be `true`.
    async fn leave(&self, write: LeaveAccount) -> PortResult<bool>;
}

/// Keeps legal terms and who accepted them; accepting is part of [`CreateAccount`].
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait LegalTermStore: Send + Sync {
    /// Adds a version of a legal term under the company's next number. Must answer `None` and write nothing if the
    /// company has this version of the term.
    async fn add(&self, write: AddLegalTerm) -> PortResult<Option<LegalTerm>>;

    /// The legal terms of a company, by number.
    async fn list(&self, company: CompanyId) -> PortResult<Vec<LegalTerm>>;

    /// The legal terms that an account accepted, by number.
    async fn accepted(&self, account: AccountId) -> PortResult<Vec<AcceptedTerm>>;
}

/// Reads the audit trail.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// Entries, newest first.
    async fn list(&self, filter: AuditFilter, page: PageRequest) -> PortResult<Page<AuditEvent>>;
}

/// Which audit entries to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this account only.
    pub account: Option<AccountId>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// Of these kinds only.
    pub kinds: Option<AuditKinds>,
    /// With this outcome only.
    pub outcome: Option<Outcome>,
}

/// Kinds of audit entries: those that one of the first three members names, unless the last one rules them out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditKinds {
    /// Acts, however they ended.
    pub all: &'static [AuditAction],
    /// Acts that are of interest if they failed or were denied.
    pub unsuccessful: &'static [AuditAction],
    /// Acts that are of interest if their detail is one of `details`.
    pub detailed: &'static [AuditAction],
    /// Those details.
    pub details: &'static [&'static str],
    /// Details of what is of no interest, whatever the act.
    pub without: &'static [&'static str],
}

/// Which identifier was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taken {
    /// The e-mail address.
    Email,
    /// The mobile number.
    Mobile,
    /// The username.
    Username,
    /// The account handle; another random one will do.
    Uid,
    /// The company's slug.
    Slug,
    /// The group's name.
    GroupName,
    /// The version of the legal term.
    LegalTerm,
    /// The place of the company's first account.
    FirstPlace,
}

/// Whether something was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It was.
    Done,
    /// Something unique about it exists already; nothing was written.
    Taken(Taken),
}

/// Whether an account was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// It was.
    Done,
    /// It changed since it was read, or is gone; nothing was written.
    Stale,
    /// A new identifier belongs to another account; nothing was written.
    Taken(Taken),
}

/// Whether a password was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordChange {
    /// It was.
    Done,
    /// The password changed since it was read, or the account is gone; nothing was written.
    Stale,
    /// Too many wrong passwords; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: std::time::Duration,
    },
}

/// Whether a contact was marked as verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// It was.
    Done,
    /// The secret was used, replaced or has expired, or the account no longer has the contact; nothing was written.
    NotUsable,
    /// Too many wrong guesses; nothing was written.
    Exhausted {
        /// When the budget has room again.
        retry_after: std::time::Duration,
    },
}

/// A company to add.
#[derive(Clone)]
pub struct CreateCompany {
    /// The company.
    pub company: Company,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Its first account, if it registers with one.
    pub founder: Option<Box<Founder>>,
    /// What else to write.
    pub effects: Effects,
}

/// The account a company starts with.
#[derive(Clone)]
pub struct Founder {
    /// The account.
    pub account: Account,
    /// Secrets that prove its contacts; their messages are among the effects.
    pub secrets: Vec<OneTime>,
}

/// New settings for a company.
#[derive(Clone, Debug)]
pub struct ConfigureCompany {
    /// The company as it shall be.
    pub company: Company,
    /// What else to write.
    pub effects: Effects,
}

/// A group to add.
#[derive(Clone, Debug)]
pub struct AddGroup {
    /// The group.
    pub group: Group,
    /// What else to write.
    pub effects: Effects,
}

/// An account to add.
#[derive(Clone)]
pub struct CreateAccount {
    /// The account.
    pub account: Account,
    /// Whether it must be the first of its company.
    pub first: bool,
    /// Secrets that prove its contacts; their messages are among the effects.
    pub secrets: Vec<OneTime>,
    /// The numbers of the legal terms it accepted, all of them its company's, when it was made.
    pub accepted: Vec<u32>,
    /// What else to write.
    pub effects: Effects,
}

/// A legal term to add.
#[derive(Clone, Debug)]
pub struct AddLegalTerm {
    /// Its company.
    pub company: CompanyId,
    /// What it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When.
    pub created_at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A changed account.
#[derive(Clone)]
pub struct AmendAccount {
    /// The account as it shall be, with the version it was read at.
    pub account: Account,
    /// Sessions to end.
    pub sweep: SessionSweep,
    /// What else to write.
    pub effects: Effects,
}

/// A new password.
#[derive(Clone)]
pub struct SetPassword {
    /// Whose.
    pub account: AccountId,
    /// The hash the caller proved knowledge of; absent when an operator sets it.
    pub expected: Option<PasswordHash>,
    /// The new password.
    pub password: PasswordRecord,
    /// Sessions to end.
    pub sweep: SessionSweep,
    /// The password budget.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// A secret to send for a contact; its `target` is the address or number, its message is among the effects.
#[derive(Clone)]
pub struct IssueContactSecret {
    /// The secret.
    pub secret: OneTime,
    /// How often secrets may be sent.
    pub throttle: Throttle,
    /// What else to write.
    pub effects: Effects,
}

/// A contact that was proved.
#[derive(Clone, Debug)]
pub struct ConfirmContact {
    /// The secret that proves it.
    pub secret: OneTimeId,
    /// The guess budget.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// An account that was confirmed by a signed token.
#[derive(Clone)]
pub struct ConfirmAccount {
    /// The token, used up already.
    pub spent: OneTime,
    /// The address it proves.
    pub email: Email,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// A wrong guess of a code.
#[derive(Clone, Debug)]
pub struct RejectContact {
    /// The code it was compared with.
    pub secret: OneTimeId,
    /// The guess budget.
    pub throttle: Throttle,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}

/// An account whose owner leaves.
#[derive(Clone, Debug)]
pub struct LeaveAccount {
    /// The secret that proves the owner's will.
    pub secret: OneTimeId,
    /// Its purpose.
    pub purpose: Purpose,
    /// Whose account.
    pub account: AccountId,
    /// The states it may be in.
    pub from: Vec<AccountState>,
    /// Its new state.
    pub state: AccountState,
    /// Whether its deletion is asked for.
    pub deletion: bool,
    /// When.
    pub at: Timestamp,
    /// What else to write.
    pub effects: Effects,
}
