//! Companies and their groups.

use portcullis_kernel::{CompanyId, CompanySlug, Timestamp};

use super::{CompanyDetails, CompanySettings};

/// A company: a set of accounts with settings of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// The text by which clients name it.
    pub slug: CompanySlug,
    /// What people call it.
    pub name: String,
    /// What it says about itself.
    pub details: CompanyDetails,
    /// Its settings.
    pub settings: CompanySettings,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What the members of a group are to their company (rehive contract §5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Section {
    /// Customers.
    #[default]
    User,
    /// Staff.
    Admin,
    /// Machines.
    System,
}

impl Section {
    /// The word that stores, commands and the contract use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::Admin, Self::System].into_iter().find(|section| section.as_str() == text)
    }
}

/// A group of accounts in a company, unique by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its company.
    pub company: CompanyId,
    /// Its name: 1 to 80 of `a-z 0-9 _ -`.
    pub name: String,
    /// What people call it.
    pub label: Option<String>,
    /// What its members are.
    pub section: Section,
    /// Whether anybody may join it when registering.
    pub public: bool,
    /// Whether new accounts that name no group join it; one per company.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
