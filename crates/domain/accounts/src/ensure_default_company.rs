//! The company that exists from the first start.

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, CompanySlug, Effects, PolicyName, PortError, PortResult,
};

use crate::{Accounts, Company, CompanyDetails, CompanySettings, CreateCompany, Creation};

/// The slug of the company that exists from the first start.
pub const DEFAULT_COMPANY: &str = "default";

impl Accounts {
    /// The company [`DEFAULT_COMPANY`], made if it does not exist: under the barong password policy and without
    /// groups; its first registration adds one for everybody. May be called any number of times, by several nodes at once.
    pub async fn ensure_default_company(&self) -> PortResult<Company> {
        let slug = CompanySlug::parse(DEFAULT_COMPANY).map_err(PortError::broken)?;
        if let Some(company) = self.company(slug.clone()).await? {
            return Ok(company);
        }
        let company = self.fresh_default(slug.clone());
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyCreated, &Client::operator());
        let effects = Effects::audit(event.company(company.id));
        let write = CreateCompany { company: company.clone(), groups: Vec::new(), founder: None, effects };
        match self.ports.companies.create(write).await? {
            Creation::Done => Ok(company),
            Creation::Taken(_) => {
                let winner = self.company(slug).await?;
                winner.ok_or_else(|| PortError::broken("the default company is taken, yet absent"))
            }
        }
    }

    fn fresh_default(&self, slug: CompanySlug) -> Company {
        let settings = CompanySettings { password_policy: PolicyName::Barong, ..CompanySettings::default() };
        Company {
            id: self.ports.ambient.fresh(),
            slug,
            name: "Default".to_owned(),
            details: CompanyDetails::default(),
            settings,
            created_at: self.ports.ambient.now(),
        }
    }
}
