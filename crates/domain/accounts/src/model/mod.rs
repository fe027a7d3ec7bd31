//! Companies and accounts as values.

mod account;
mod company;
mod factor_policy;
mod profile;
mod settings;

pub use account::{Account, Contact, Label, LabelScope, PasswordRecord, Retention};
pub use company::{Company, Group, Section};
pub use factor_policy::{FactorPolicy, ProtectedPath};
pub use profile::{Profile, ProfileField, UnknownField};
pub use settings::{CompanySettings, DurationRefused, InvalidSetting};
