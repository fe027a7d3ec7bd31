//! Add legal terms, and see who accepted them.

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, CompanyId, Effects, PortError, PortResult,
};

use crate::{AcceptedTerm, Accounts, AddLegalTerm, LegalTerm};

/// A version of a legal term to add.
#[derive(Clone, Debug)]
pub struct NewLegalTerm {
    /// To which company.
    pub company: CompanyId,
    /// What it is called: 1 to 100 characters.
    pub name: String,
    /// Its version: 1 to 50 characters.
    pub version: String,
    /// Who asks.
    pub client: Client,
}

/// Why no legal term was added.
#[derive(Debug, thiserror::Error)]
pub enum CreateLegalTermError {
    /// The name or the version is empty, too long, or has control characters.
    #[error("a legal term has a name of 1 to 100 characters and a version of 1 to 50")]
    Invalid,
    /// The company has this version of the term.
    #[error("the company has this version of the term already")]
    Taken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Adds a version of a legal term; clients name it by the number it gets.
    pub async fn create_legal_term(&self, new: NewLegalTerm) -> Result<LegalTerm, CreateLegalTermError> {
        let (name, version) = (new.name.trim(), new.version.trim());
        if !is_text(name, 100) || !is_text(version, 50) {
            return Err(CreateLegalTermError::Invalid);
        }
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyChanged, &new.client);
        let write = AddLegalTerm {
            company: new.company,
            name: name.to_owned(),
            version: version.to_owned(),
            created_at: self.ports.ambient.now(),
            effects: Effects::audit(event.company(new.company).detail("legal term added")),
        };
        self.ports.legal_terms.add(write).await?.ok_or(CreateLegalTermError::Taken)
    }

    /// The legal terms of a company, by number.
    pub async fn legal_terms(&self, company: CompanyId) -> PortResult<Vec<LegalTerm>> {
        self.ports.legal_terms.list(company).await
    }

    /// What an account accepted, by number.
    pub async fn accepted_terms(&self, account: AccountId) -> PortResult<Vec<AcceptedTerm>> {
        self.ports.legal_terms.accepted(account).await
    }
}

fn is_text(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.chars().count()) && !text.contains(char::is_control)
}
