//! Legal terms, and who accepted them.

use async_trait::async_trait;
use portcullis_accounts::{AcceptedTerm, AddLegalTerm, LegalTerm, LegalTermStore};
use portcullis_kernel::{AccountId, CompanyId, PortResult};

use crate::MemoryStore;
use crate::state::Stop;

#[async_trait]
impl LegalTermStore for MemoryStore {
    async fn add(&self, write: AddLegalTerm) -> PortResult<Option<LegalTerm>> {
        self.write(|state| {
            state.require_company(write.company)?;
            let own = || state.legal_terms.iter().filter(|term| term.company == write.company);
            if own().any(|term| term.name == write.name && term.version == write.version) {
                return Err(Stop::Refused(None));
            }
            let term = LegalTerm {
                company: write.company,
                number: own().map(|term| term.number).max().unwrap_or_default() + 1,
                name: write.name,
                version: write.version,
                created_at: write.created_at,
            };
            state.legal_terms.push(term.clone());
            state.record(write.effects)?;
            Ok(Some(term))
        })
    }

    async fn list(&self, company: CompanyId) -> PortResult<Vec<LegalTerm>> {
        self.read(|state| state.legal_terms.iter().filter(|term| term.company == company).cloned().collect())
    }

    async fn accepted(&self, account: AccountId) -> PortResult<Vec<AcceptedTerm>> {
        self.read(|state| state.accepted_terms.get(&account).cloned().unwrap_or_default())
    }
}
