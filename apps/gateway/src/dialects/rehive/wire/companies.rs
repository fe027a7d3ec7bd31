//! Companies (contract §9).

use portcullis_accounts::Company;
use serde::Serialize;
use utoipa::ToSchema;

/// A company, as anybody may see it.
#[derive(Serialize, ToSchema)]
pub struct CompanyObject {
    id: String,
    name: String,
    settings: PublicSettings,
}

/// What a login or registration page must know beforehand.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the members are the contract's")]
struct PublicSettings {
    allow_registrations: bool,
    allow_session_durations: bool,
    /// Seconds.
    default_session_duration: u32,
    require_terms_and_conditions: bool,
    require_privacy_policy: bool,
    /// Empty means all.
    nationalities: Vec<String>,
    /// Empty means all.
    residencies: Vec<String>,
}

impl CompanyObject {
    /// Renders a company.
    pub fn new(company: &Company) -> Self {
        let settings = &company.settings;
        Self {
            id: company.slug.as_str().to_owned(),
            name: company.name.clone(),
            settings: PublicSettings {
                allow_registrations: settings.allow_registrations,
                allow_session_durations: settings.allow_session_durations,
                default_session_duration: settings.default_session_duration,
                require_terms_and_conditions: settings.require_terms_and_conditions,
                require_privacy_policy: settings.require_privacy_policy,
                nationalities: settings.nationalities.clone(),
                residencies: settings.residencies.clone(),
            },
        }
    }
}

/// The envelope around a company.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct CompanyAnswer {
    /// Always `success`.
    status: String,
    data: CompanyObject,
}
