//! Companies and accounts as values.

mod account;
mod company;
mod countries;
mod details;
mod dialing;
mod dossier;
mod factor_policy;
mod legal_term;
mod profile;
mod settings;

pub use account::{Account, Contact, PasswordRecord, Retention};
pub use company::{Company, Group, Section};
pub(crate) use countries::is_any_country;
pub use countries::is_country;
pub use details::{CompanyDetails, CompanyField};
pub use dialing::Dialing;
pub use dossier::{Dossier, KycField, KycProfile, KycState, Phone, StoredData};
pub use factor_policy::{FactorPolicy, ProtectedPath};
pub use legal_term::{AcceptedTerm, LegalTerm};
pub use profile::{Profile, ProfileField, UnknownField};
pub use settings::{CompanySettings, DurationRefused, InvalidSetting};
