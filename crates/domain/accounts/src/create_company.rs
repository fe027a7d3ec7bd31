//! Make a company.

use portcullis_kernel::{AuditAction, AuditEvent, Client, CompanySlug, Effects, PortError};

use crate::{Accounts, Company, CompanyDetails, CompanySettings, CreateCompany, Creation, Group, Section};

/// A company to make.
#[derive(Clone, Debug)]
pub struct NewCompany {
    /// How clients name it.
    pub slug: CompanySlug,
    /// What people call it; its slug, if absent.
    pub name: Option<String>,
    /// Who asks.
    pub client: Client,
}

/// Why no company was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateCompanyError {
    /// Another company has the slug.
    #[error("a company with this id exists already")]
    Taken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Makes a company with default settings and two groups: `admin` for staff, and the public default group `user`.
    pub async fn create_company(&self, new: NewCompany) -> Result<Company, CreateCompanyError> {
        let company = Company {
            id: self.ports.ambient.fresh(),
            name: new.name.unwrap_or_else(|| new.slug.to_string()),
            slug: new.slug,
            details: CompanyDetails::default(),
            settings: CompanySettings::default(),
            created_at: self.ports.ambient.now(),
        };
        let groups = first_groups(&company);
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyCreated, &new.client);
        let effects = Effects::audit(event.company(company.id));
        let write = CreateCompany { company: company.clone(), groups, founder: None, effects };
        match self.ports.companies.create(write).await? {
            Creation::Done => Ok(company),
            Creation::Taken(_) => Err(CreateCompanyError::Taken),
        }
    }
}

/// The groups of a new company: `admin` for staff, and `user` for everybody.
pub(crate) fn first_groups(company: &Company) -> Vec<Group> {
    vec![
        first_group(company, "admin", Section::Admin, false),
        first_group(company, "user", Section::User, true),
    ]
}

pub(crate) fn first_group(company: &Company, name: &str, section: Section, open: bool) -> Group {
    let label = match section {
        Section::Admin => "Admin",
        Section::User => "User",
        Section::System => "System",
    };
    Group {
        company: company.id,
        name: name.to_owned(),
        label: Some(label.to_owned()),
        section,
        public: open,
        is_default: open,
        created_at: company.created_at,
    }
}
