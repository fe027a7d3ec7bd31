//! Companies and the accounts in them: create, look up, verify, change, delete.

mod amend;
mod change_password;
mod configure_company;
mod create;
mod create_company;
mod create_group;
mod delete;
mod edit;
mod ensure_default_company;
mod facade;
mod find;
mod letters;
mod model;
mod ports;
mod read_audit;
mod read_companies;
mod request_contact_verification;
mod set_password;
mod verify_contact;

pub use amend::{AmendCommand, AmendError};
pub use change_password::{ChangePassword, ChangePasswordError, Who};
pub use configure_company::{ConfigureCompanyCommand, ConfigureCompanyError};
pub use create::{CreateAccountError, NewAccount};
pub use create_company::{CreateCompanyError, NewCompany};
pub use create_group::{CreateGroupError, NewGroup};
pub use ensure_default_company::DEFAULT_COMPANY;
pub use facade::{AccountPorts, AccountRules, Accounts};
pub use model::{
    Account, Company, CompanySettings, Contact, Group, InvalidSetting, Label, LabelScope, PasswordRecord,
    Profile, ProfileField, Section, UnknownField,
};
pub use ports::{
    AccountStore, AddGroup, AmendAccount, Amendment, AuditFilter, AuditTrail, CompanyStore, ConfigureCompany,
    ConfirmContact, ContactStore, CreateAccount, CreateCompany, Creation, IssueContactSecret, PasswordChange,
    SetPassword, Taken,
};
#[cfg(any(test, feature = "mock"))]
pub use ports::{MockAccountStore, MockAuditTrail, MockCompanyStore, MockContactStore};
pub use request_contact_verification::{
    ContactAddress, ContactRequested, RequestContactVerification, RequestContactVerificationError,
};
pub use set_password::{SetPasswordCommand, SetPasswordError};
pub use verify_contact::{ContactProof, VerifyContact, VerifyContactError};
