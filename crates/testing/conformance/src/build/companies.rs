//! Companies and groups.

use portcullis_accounts::{
    AddGroup, Company, CompanyDetails, CompanyField, CompanySettings, CreateCompany, FactorPolicy, Group,
    Section,
};
use portcullis_kernel::{CompanySlug, Effects, PolicyName};

use super::{NOW, UNICODE, id, serial};

/// A company with default settings.
#[must_use]
pub fn company() -> Company {
    let number = serial();
    Company {
        id: id(),
        slug: CompanySlug::parse(&format!("company-{number}")).unwrap(),
        name: format!("Company {number}"),
        details: CompanyDetails::default(),
        settings: CompanySettings::default(),
        created_at: NOW,
    }
}

/// A company whose every field differs from its default.
#[must_use]
pub fn full_company() -> Company {
    let long = format!("{}_{}", "x".repeat(70), serial());
    let url = |name: &str| (name.to_owned(), format!("https://app.example.com/{name}?a=1&b=ü#{{token}}"));
    let urls = [
        "password_reset_url",
        "password_set_url",
        "email_verification_url",
        "deactivate_verification_url",
        "request_delete_verification_url",
    ];
    let settings = CompanySettings {
        password_policy: PolicyName::Barong,
        allow_registrations: false,
        allow_session_durations: false,
        default_session_duration: 2_678_400,
        require_terms_and_conditions: true,
        require_privacy_policy: true,
        nationalities: vec!["ZA".to_owned(), "DE".to_owned()],
        residencies: vec!["AT".to_owned()],
        factors: factor_policy(),
        urls: urls.into_iter().map(url).collect(),
    };
    Company {
        slug: CompanySlug::parse(&long).unwrap(),
        name: UNICODE.to_owned(),
        details: full_details(),
        settings,
        ..company()
    }
}

fn full_details() -> CompanyDetails {
    let mut details = CompanyDetails::default();
    for field in CompanyField::ALL {
        let texts = ["https://example.com/ü?a=1#b", "a@b.co", "ZA", "production", "{\"a\":[1,\"ü\\u0000\"]}"];
        let taken = texts.iter().find(|text| details.set(*field, text).is_ok());
        assert!(taken.is_some(), "{} takes none of the texts", field.as_str());
    }
    details
}

/// The write-set that adds `company` without groups.
#[must_use]
pub fn create_company(company: &Company) -> CreateCompany {
    CreateCompany { company: company.clone(), groups: Vec::new(), founder: None, effects: Effects::default() }
}

fn factor_policy() -> FactorPolicy {
    let mut settings = CompanySettings::default();
    settings.set("mfa_setup_types", "totp,static").unwrap();
    settings.set("mfa_authorization_paths", "POST /3/auth/tokens/,/3/auth/password/*").unwrap();
    settings.factors
}

/// A group that is neither public nor the default one.
#[must_use]
pub fn group(company: &Company, name: &str) -> Group {
    Group {
        company: company.id,
        name: name.to_owned(),
        label: None,
        section: Section::User,
        public: false,
        is_default: false,
        created_at: NOW,
    }
}

/// The write-set that adds `group`.
#[must_use]
pub fn add_group(group: &Group) -> AddGroup {
    AddGroup { group: group.clone(), effects: Effects::default() }
}
