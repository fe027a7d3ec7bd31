//! Legal terms and who accepted them.

use portcullis_kernel::{CompanyId, Timestamp};

/// One version of a legal term of a company, such as its terms of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalTerm {
    /// Its company.
    pub company: CompanyId,
    /// The number by which clients name it: 1, 2, 3 … in the order in which the company's terms were added.
    pub number: u32,
    /// What it is called: 1 to 100 characters.
    pub name: String,
    /// Its version: 1 to 50 characters, unique for the name.
    pub version: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A legal term that an account accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedTerm {
    /// Which.
    pub term: LegalTerm,
    /// When.
    pub accepted_at: Timestamp,
}
