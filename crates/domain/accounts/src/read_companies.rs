//! Look up companies and their groups.

use portcullis_kernel::{CompanyId, CompanySlug, Page, PageRequest, PortResult};

use crate::{Accounts, Company, Group};

impl Accounts {
    /// The company that clients name `slug`.
    pub async fn company(&self, slug: CompanySlug) -> PortResult<Option<Company>> {
        self.ports.companies.find(slug).await
    }

    /// The company with that id.
    pub async fn company_by_id(&self, id: CompanyId) -> PortResult<Option<Company>> {
        self.ports.companies.find_by_id(id).await
    }

    /// Every company, oldest first.
    pub async fn companies(&self, page: PageRequest) -> PortResult<Page<Company>> {
        self.ports.companies.list(page).await
    }

    /// The groups of a company, oldest first.
    pub async fn groups(&self, company: CompanyId) -> PortResult<Vec<Group>> {
        self.ports.companies.groups(company).await
    }
}
