//! Companies and the accounts in them: create, look up, verify, change, delete.

mod model;
mod ports;

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
