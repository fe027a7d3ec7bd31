//! The fields of a registration, for the OpenAPI document; [`super::registration`] reads them.
#![expect(dead_code, reason = "for the OpenAPI document")]

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An account to register. At least one of e-mail, mobile and username is needed, and a password; blank counts as
/// absent.
#[derive(ToSchema)]
pub struct RegisterFields {
    /// The company's id.
    #[schema(max_length = 100)]
    company: String,
    /// Seconds; the company's default if absent, null or 0.
    session_duration: Option<u64>,
    /// One public group at most; the company's default one if absent.
    #[schema(max_items = 1)]
    groups: Vec<Option<String>>,
    #[serde(flatten)]
    #[schema(inline)]
    applicant: ApplicantFields,
}

/// A company to register with its owner, whose e-mail address and consent to the terms are needed.
#[derive(ToSchema)]
pub struct RegisterCompanyFields {
    /// The company; its id alone will do.
    company: CompanyFields,
    #[serde(flatten)]
    #[schema(inline)]
    applicant: ApplicantFields,
}

#[derive(ToSchema)]
struct ApplicantFields {
    #[schema(max_length = 150)]
    username: Option<String>,
    email: Option<String>,
    /// In international form.
    mobile: Option<String>,
    #[schema(max_length = 128)]
    password: Option<String>,
    /// Deprecated: with `password2` in place of `password`.
    #[schema(max_length = 128)]
    password1: Option<String>,
    /// Deprecated.
    #[schema(max_length = 128)]
    password2: Option<String>,
    #[schema(max_length = 50)]
    first_name: Option<String>,
    #[schema(max_length = 50)]
    middle_name: Option<String>,
    #[schema(max_length = 50)]
    last_name: Option<String>,
    #[schema(max_length = 24)]
    id_number: Option<String>,
    /// `YYYY-MM-DD`.
    birth_date: Option<String>,
    /// `en` if absent.
    #[schema(max_length = 24)]
    language: Option<String>,
    /// `male`, `female`, `other` or `not_specified`.
    gender: Option<String>,
    /// `mr`, `mrs`, `ms` or `mx`.
    title: Option<String>,
    /// `single`, `married`, `divorced` or `widowed`.
    marital_status: Option<String>,
    /// ISO 3166-1 alpha-2.
    nationality: Option<String>,
    /// ISO 3166-1 alpha-2.
    residency: Option<String>,
    #[schema(max_length = 100)]
    timezone: Option<String>,
    terms_and_conditions: Option<bool>,
    privacy_policy: Option<bool>,
    /// The ids of the legal terms accepted.
    legal_term_versions: Option<Vec<i64>>,
    /// `token` or `cookie`.
    auth_method: Option<String>,
}

#[derive(ToSchema)]
struct CompanyFields {
    /// 1 to 100 of `a-z 0-9 _ -`.
    #[schema(max_length = 100)]
    id: String,
    #[schema(max_length = 100)]
    name: Option<String>,
    #[schema(max_length = 100)]
    legal_name: Option<String>,
    #[schema(max_length = 255)]
    description: Option<String>,
    #[schema(max_length = 200)]
    website: Option<String>,
    #[schema(max_length = 200)]
    support_website: Option<String>,
    #[schema(max_length = 200)]
    documentation_website: Option<String>,
    #[schema(max_length = 254)]
    support_email: Option<String>,
    #[schema(max_length = 254)]
    contact_email: Option<String>,
    #[schema(max_length = 254)]
    system_email: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    logo: Option<String>,
    icon: Option<String>,
    public: Option<bool>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// `test` (the default) or `production`.
    mode: Option<String>,
    #[schema(max_items = 1)]
    links: Option<Vec<String>>,
}
