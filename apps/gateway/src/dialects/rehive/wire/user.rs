//! The user object (contract §5.2).

use portcullis_accounts::{Group, ProfileField};
use portcullis_kernel::Timestamp;
use portcullis_sessions::Subject;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An account, as its owner sees it. What belongs to a wallet is there because clients read it, and always empty.
#[derive(Serialize, ToSchema)]
pub struct User {
    id: String,
    username: Option<String>,
    email: Option<String>,
    mobile: Option<String>,
    first_name: Option<String>,
    middle_name: Option<String>,
    last_name: Option<String>,
    /// Always null: there are no pictures.
    profile: Option<String>,
    groups: Vec<UserGroup>,
    /// Always false.
    temporary: bool,
    id_number: Option<String>,
    /// `YYYY-MM-DD`.
    birth_date: Option<String>,
    /// Always null.
    #[schema(value_type = Option<Object>)]
    currency: Option<Value>,
    /// Always null.
    account: Option<String>,
    /// Always 0.
    balance: u64,
    /// Always 0.
    available_balance: u64,
    /// The company's id.
    company: String,
    /// Whether the account founded the company.
    owner: bool,
    language: String,
    nationality: Option<String>,
    residency: Option<String>,
    gender: Option<String>,
    title: Option<String>,
    marital_status: Option<String>,
    /// Always null, as the next six.
    fathers_name: Option<String>,
    mothers_name: Option<String>,
    grandfathers_name: Option<String>,
    grandmothers_name: Option<String>,
    central_bank_number: Option<String>,
    website: Option<String>,
    business_name: Option<String>,
    /// Always empty.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    timezone: Option<String>,
    /// Whether one of the two contacts is verified.
    verified: bool,
    verification: Verification,
    /// Always `pending`: nobody checks identities here.
    status: &'static str,
    /// Milliseconds since the Unix epoch.
    created: i64,
    /// Milliseconds since the Unix epoch.
    updated: i64,
    /// Milliseconds since the Unix epoch.
    last_login: Option<i64>,
    settings: UserSettings,
}

/// Which contacts are verified.
#[derive(Serialize, ToSchema)]
struct Verification {
    email: bool,
    mobile: bool,
}

/// What a wallet may do; always everything.
#[derive(Serialize, ToSchema)]
struct UserSettings {
    allow_transactions: bool,
    allow_debit_transactions: bool,
    allow_credit_transactions: bool,
    disallowed_transaction_subtypes: Vec<String>,
}

/// A group the account is in.
#[derive(Serialize, ToSchema)]
struct UserGroup {
    name: String,
    label: Option<String>,
    /// `user`, `admin` or `system`.
    section: &'static str,
}

impl User {
    /// Renders an account; `groups` are those of its company.
    pub fn new(subject: &Subject, groups: &[Group]) -> Self {
        let field = |field: ProfileField| subject.profile.get(field.as_str()).cloned();
        let verification = Verification { email: subject.email_verified, mobile: subject.mobile_verified };
        Self {
            id: subject.id.to_string(),
            username: subject.username.as_ref().map(|name| name.as_str().to_owned()),
            email: subject.email.as_ref().map(|email| email.as_str().to_owned()),
            mobile: subject.mobile.as_ref().map(|mobile| mobile.as_str().to_owned()),
            first_name: field(ProfileField::FirstName),
            middle_name: field(ProfileField::MiddleName),
            last_name: field(ProfileField::LastName),
            profile: None,
            groups: membership(&subject.groups, groups),
            temporary: false,
            id_number: field(ProfileField::IdNumber),
            birth_date: field(ProfileField::BirthDate),
            currency: None,
            account: None,
            balance: 0,
            available_balance: 0,
            company: subject.company_slug.as_str().to_owned(),
            owner: subject.owner,
            language: field(ProfileField::Language).unwrap_or_else(|| "en".to_owned()),
            nationality: field(ProfileField::Nationality),
            residency: field(ProfileField::Residency),
            gender: field(ProfileField::Gender),
            title: field(ProfileField::Title),
            marital_status: field(ProfileField::MaritalStatus),
            fathers_name: None,
            mothers_name: None,
            grandfathers_name: None,
            grandmothers_name: None,
            central_bank_number: None,
            website: None,
            business_name: None,
            metadata: Map::new(),
            timezone: field(ProfileField::Timezone),
            verified: verification.email || verification.mobile,
            verification,
            status: "pending",
            created: subject.created_at.as_millis(),
            updated: subject.updated_at.as_millis(),
            last_login: subject.last_sign_in_at.map(Timestamp::as_millis),
            settings: UserSettings {
                allow_transactions: true,
                allow_debit_transactions: true,
                allow_credit_transactions: true,
                disallowed_transaction_subtypes: Vec::new(),
            },
        }
    }
}

/// The account's groups as objects; a group the company no longer has keeps its name.
fn membership(names: &[String], groups: &[Group]) -> Vec<UserGroup> {
    let object = |name: &String| {
        let known = groups.iter().find(|group| group.name == *name);
        UserGroup {
            name: name.clone(),
            label: known.and_then(|group| group.label.clone()),
            section: known.map_or("user", |group| group.section.as_str()),
        }
    };
    names.iter().map(object).collect()
}

/// The envelope around a user object.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct UserAnswer {
    /// Always `success`.
    status: String,
    data: User,
}
