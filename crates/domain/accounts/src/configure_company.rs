//! Change a company's name and settings.

use portcullis_kernel::{AuditAction, AuditEvent, Client, CompanySlug, Effects, PortError};

use crate::{Accounts, Company, ConfigureCompany, InvalidSetting};

/// Settings to change.
#[derive(Clone, Debug)]
pub struct ConfigureCompanyCommand {
    /// Of which company.
    pub slug: CompanySlug,
    /// Keys and values, as [`crate::CompanySettings::set`] reads them; applied in order, all or none.
    pub settings: Vec<(String, String)>,
    /// A new name, if it shall change.
    pub name: Option<String>,
    /// Who asks.
    pub client: Client,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureCompanyError {
    /// There is no such company.
    #[error("no such company")]
    NotFound,
    /// A setting does not exist or does not take the value.
    #[error(transparent)]
    Invalid(#[from] InvalidSetting),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Applies the settings and answers the company as it is then.
    pub async fn configure_company(
        &self,
        command: ConfigureCompanyCommand,
    ) -> Result<Company, ConfigureCompanyError> {
        let mut company = self.company(command.slug).await?.ok_or(ConfigureCompanyError::NotFound)?;
        for (key, value) in &command.settings {
            company.settings.set(key, value)?;
        }
        if let Some(name) = command.name {
            company.name = name;
        }
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyChanged, &command.client);
        let effects = Effects::audit(event.company(company.id));
        let write = ConfigureCompany { company: company.clone(), effects };
        if self.ports.companies.configure(write).await? {
            Ok(company)
        } else {
            Err(ConfigureCompanyError::NotFound)
        }
    }
}
