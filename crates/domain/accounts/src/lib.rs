//! Companies and the accounts in them: create, look up, verify, change, delete.
//!
//! An account belongs to one company, inside which its username, e-mail address and mobile number are unique. A
//! use case reads what it needs, hashes with nothing held, decides, and hands one write-set to one port method:
//! rows, messages and audit entries become durable together or not at all.
//!
//! ```
//! use std::sync::Arc;
//!
//! use portcullis_accounts::{AccountPorts, AccountRules, Accounts, NewAccount, Profile};
//! use portcullis_conformance::{PlainHasher, World};
//! use portcullis_kernel::{AccountState, Client, Email, Password};
//! use portcullis_store_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(MemoryStore::new());
//! let ports = AccountPorts {
//!     companies: world.companies.clone(),
//!     accounts: world.accounts.clone(),
//!     contacts: world.contacts.clone(),
//!     dossiers: world.dossiers.clone(),
//!     legal_terms: world.legal_terms.clone(),
//!     audit: world.audit.clone(),
//!     hasher: Arc::new(PlainHasher::new()),
//!     ambient: world.ambient(),
//! };
//! let accounts = Accounts::new(ports, AccountRules::default());
//! let company = accounts.ensure_default_company().await?;
//!
//! let ada = NewAccount {
//!     company: company.clone(),
//!     username: None,
//!     email: Some(Email::parse("Ada@example.com")?),
//!     email_verified: true,
//!     mobile: None,
//!     mobile_verified: false,
//!     password: Some(Password::parse("seven-Grey-horses-42")?),
//!     temporary_password: false,
//!     password_expires_at: None,
//!     state: AccountState::Active,
//!     role: None,
//!     groups: Vec::new(),
//!     profile: Profile::default(),
//!     client: Client::operator(),
//! };
//! let ada = accounts.create(ada).await?;
//! let found = accounts.find(company.id, "ada@EXAMPLE.com").await?;
//! assert_eq!(found.map(|account| account.id), Some(ada.id));
//! # Ok(())
//! # }
//! ```

mod amend;
mod change_password;
mod configure_company;
mod confirm_account;
mod create;
mod create_company;
mod create_group;
mod delete;
mod edit;
mod ensure_default_company;
mod facade;
mod find;
mod import;
mod keep_data;
mod kyc;
mod labels;
mod leave;
mod legal_terms;
mod letters;
mod model;
mod own_data;
mod owner;
mod phones;
mod ports;
#[cfg(test)]
mod protocol;
mod read_audit;
mod read_companies;
mod register;
mod register_company;
mod registration;
mod request_contact_verification;
mod request_leave;
mod set_password;
mod sign_up;
mod verify_contact;

pub use amend::{AmendCommand, AmendError};
pub use change_password::{ChangePassword, ChangePasswordError, Who};
pub use configure_company::{ConfigureCompanyCommand, ConfigureCompanyError};
pub use confirm_account::{ConfirmByToken, ConfirmByTokenError, SendConfirmation, SendConfirmationError};
pub use create::{CreateAccountError, NewAccount};
pub use create_company::{CreateCompanyError, NewCompany};
pub use create_group::{CreateGroupError, NewGroup};
pub use ensure_default_company::DEFAULT_COMPANY;
pub use facade::{AccountPorts, AccountRules, Accounts};
pub use import::{ImportAccount, ImportAccountError};
pub use keep_data::{DataFault, KeepDataCommand, KeepDataError};
pub use kyc::{KycCommand, KycError, KycProblem};
pub use labels::{LabelCommand, LabelError};
pub use leave::{Leave, LeaveError};
pub use legal_terms::{CreateLegalTermError, NewLegalTerm};
pub use model::{
    AcceptedTerm, Account, Company, CompanyDetails, CompanyField, CompanySettings, Contact, Dialing, Dossier,
    DurationRefused, FactorPolicy, Group, InvalidSetting, KycField, KycProfile, KycState, LegalTerm,
    PasswordRecord, Phone, Profile, ProfileField, ProtectedPath, Retention, Section, StoredData,
    UnknownField, is_country,
};
pub use own_data::ReplaceDataError;
pub use owner::{ShowPassword, ShowPasswordError};
pub use phones::{ClaimPhone, PhoneError, PhonePolicy, ProvePhone};
pub use portcullis_kernel::{Label, LabelFault, LabelScope};
pub use ports::{
    AccountStore, AddGroup, AddLegalTerm, AddPhone, AmendAccount, Amendment, AuditFilter, AuditKinds,
    AuditTrail, CompanyStore, ConfigureCompany, ConfirmAccount, ConfirmContact, Confirmation, ContactStore,
    CreateAccount, CreateCompany, Creation, DossierStore, Founder, IssueContactSecret, KeepData,
    LeaveAccount, LegalTermStore, PasswordChange, PhoneAdded, RejectContact, ReviseKycProfile, SetPassword,
    Taken, WriteKycProfile,
};
#[cfg(any(test, feature = "mock"))]
pub use ports::{
    MockAccountStore, MockAuditTrail, MockCompanyStore, MockContactStore, MockDossierStore,
    MockLegalTermStore,
};
pub use register::{Register, RegisterError, Registered};
pub use register_company::{CompanyForm, RegisterCompany};
pub use registration::{Objection, Problem, RegistrationField, RegistrationForm};
pub use request_contact_verification::{
    ContactAddress, ContactRequested, RequestContactVerification, RequestContactVerificationError,
};
pub use request_leave::{Departure, LeaveRequested, RequestLeave, RequestLeaveError};
pub use set_password::{SetPasswordCommand, SetPasswordError};
pub use sign_up::{ConfirmationLetter, SignUp, SignUpDraft, SignUpError, SignUpFault};
pub use verify_contact::{ContactProof, VerifyContact, VerifyContactError};
